// What is told apart from the conversation: a line above the box, and the live region that a screen reader hears.
import { make, say, button, newId } from "./dom.js";

const READ_MS = 1500; // a live region has been read out of the document by then

export class Telling {
  // `back` is called when somebody closes a notice: where the focus goes.
  constructor(back) {
    this.back = back;
    this.kind = "";
    this.line = make("div", { class: "status-line", hidden: true });
    this.live = make("div", { class: "hidden", role: "status", "aria-live": "polite" });
  }

  // The line above the box; no nodes take it away. `kind` is kept, so that the same trouble is told once.
  tell(kind = "", ...nodes) {
    this.kind = kind;
    this.line.replaceChildren(...nodes.filter(Boolean));
    this.line.hidden = !nodes[0];
  }

  notice(text) {
    this.tell("", make("p", { text }), button("×", () => { this.tell(); this.back(); }, { class: "plain", "aria-label": say("close") }));
    this.announce(text);
  }

  // Read once by a screen reader, then cleared, so that nobody comes upon it again while reading the page.
  announce(text) {
    const said = make("p", { text, id: `said-${newId()}` });
    this.live.append(said);
    setTimeout(() => said.remove(), READ_MS);
  }
}
