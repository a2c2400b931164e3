// What a parent can do on the widget; the messages, the menu and the box call it.
import { say } from "./dom.js";
import { question, leaveCookie } from "./menu.js";

// The element adds `log`, `compose`, `talk`, `menu` and `root` once they are made.
export class Page {
  constructor(whole, store, telling, unfold) {
    Object.assign(this, { whole, store, telling, unfold, boxes: [] });
  }

  who(author) {
    return { parent: say("you"), assistant: say("name"), caseworker: SETTINGS.office.name }[author] || "";
  }

  announce(text) {
    this.telling.announce(text);
  }

  notice(text) {
    this.telling.notice(text);
  }

  // ---- Saying something ----

  send(text) {
    this.talk.start();
    this.talk.send({ text }, text);
    this.log.toEnd();
  }

  // The first letter is typed: the conversation can be opened meanwhile.
  typing() {
    this.talk.session().catch(() => null);
  }

  press(id, label) {
    this.talk.send({ button: id }, label);
    this.log.toEnd();
  }

  person() {
    this.talk.start();
    this.press("person", say("person"));
  }

  shorter() {
    this.send(say("shorter"));
  }

  rate(id, useful) {
    return this.talk.rate(id, useful);
  }

  // ---- How it looks, and what this browser keeps ----

  larger() {
    this.size(!this.root.classList.contains("larger"));
    this.store.write({ larger: this.root.classList.contains("larger") });
  }

  size(larger) {
    this.root.classList.toggle("larger", larger);
    this.compose.larger.textContent = say(larger ? "normal" : "larger");
  }

  // One switch in two places.
  sharing(box) {
    this.boxes.push(box);
    box.addEventListener("change", () => {
      this.store.share(box.checked);
      for (const each of this.boxes) each.checked = box.checked;
      if (box.checked) this.leave();
      this.announce(say(box.checked ? "shared_on" : "shared_off"));
    });
  }

  // The office's own page has set a cookie for the form page; on other sites there is none.
  leave() {
    if (this.cookie) leaveCookie();
  }

  // ---- Beginning anew, deleting ----

  ask(text, yes, act) {
    if (this.asking) this.asking(false);
    const back = this.menu.getRootNode().activeElement;
    const { node, no } = question(text, yes, act, (focus) => this.asking(focus));
    this.asking = (focus) => {
      node.remove();
      this.asking = null;
      if (focus && back) back.focus();
    };
    this.menu.append(node);
    no.focus();
  }

  fresh() {
    this.talk.fresh();
    this.begun("");
  }

  async erase() {
    try {
      await this.talk.remove();
      this.begun(say("deleted"));
    } catch {
      this.unfold(false);
      this.compose.box.focus();
      this.notice(say("delete_failed"));
    }
  }

  begun(text) {
    this.unfold(false);
    this.leave();
    this.compose.box.focus();
    if (text) this.notice(text);
  }
}
