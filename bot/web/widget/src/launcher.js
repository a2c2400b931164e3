// The button that opens the panel, and how many new messages stand behind it.
import { make, say } from "./dom.js";
import { logo } from "./menu.js";

export class Launcher {
  constructor(label, open, hidden) {
    this.label = label;
    this.unread = 0;
    this.badge = make("span", { class: "badge", hidden: true, "aria-hidden": "true" });
    this.node = make("button", { type: "button", class: "launcher", "aria-expanded": "false", hidden, click: open }, logo(), make("span", { text: label }), this.badge);
  }

  opened(open) {
    this.node.hidden = open;
    this.node.setAttribute("aria-expanded", String(open));
    if (open) this.count(0);
  }

  count(unread) {
    this.unread = unread;
    this.badge.hidden = !unread;
    this.badge.textContent = unread || "";
    this.node.setAttribute("aria-label", unread ? say("launcher_new") : this.label);
  }
}
