// <send-desk>: the launcher, the panel and how they open and close; ties the conversation to what is shown.
// Options: data-mode="page|frame", data-side="left", data-theme="light|dark", data-label, data-open, lang.
import { make, say, button, newId } from "./dom.js";
import { spoken } from "./spoken.js";
import { Store } from "./store.js";
import { Conversation } from "./conversation.js";
import { Log } from "./log.js";
import { welcome, menu, question, withLink, logo, leaveCookie } from "./menu.js";
import { compose, refuseFiles } from "./compose.js";

const READ_MS = 1500; // a live region has been read out of the document by then
const WRITING_MS = 1200; // a quicker reply needs no "is writing"

class SendDesk extends HTMLElement {
  connectedCallback() {
    if (!this.shadowRoot) this.build();
    this.leaving = (event) => { if (this.talk.unsent) event.preventDefault(); };
    this.asked = (event) => this.hostLink(event);
    addEventListener("beforeunload", this.leaving);
    document.addEventListener("click", this.asked);
    if (this.whole) addEventListener("scroll", this.log.scrolled, { passive: true });
    if (this.whole || this.hasAttribute("data-open")) this.show();
    else if (this.store.session && this.store.data.waiting) this.talk.start();
  }

  disconnectedCallback() {
    removeEventListener("beforeunload", this.leaving);
    document.removeEventListener("click", this.asked);
    removeEventListener("scroll", this.log.scrolled);
    this.talk.stop();
  }

  // ---- Building ----

  build() {
    this.whole = this.dataset.mode === "page" || this.dataset.mode === "frame";
    this.open = false;
    this.unread = 0;
    this.boxes = [];
    this.store = new Store();
    if (this.dataset.session) this.store.write({ session: this.dataset.session });
    this.talk = new Conversation(this.store, this);
    this.log = new Log(this);
    this.compose = compose(this);
    const shadow = this.attachShadow({ mode: "open" });
    dress(shadow);
    this.live = make("div", { class: "hidden", role: "status", "aria-live": "polite" });
    this.root = make("div", { class: `root ${this.whole ? `whole ${this.dataset.mode}` : "float"}`, lang: this.lang || "en-GB", dir: "ltr", "data-side": this.dataset.side || "right", "data-theme": this.dataset.theme || "auto" });
    this.root.append(this.launcher(), this.panel(), this.live);
    shadow.append(this.root);
    this.size(Boolean(this.store.data.larger));
    this.takeOver();
  }

  launcher() {
    const label = make("span", { text: this.dataset.label || say("launcher") });
    this.badge = make("span", { class: "badge", hidden: true, "aria-hidden": "true" });
    this.opener = make("button", { type: "button", class: "launcher", "aria-expanded": "false", hidden: this.whole, click: () => this.show(true) }, logo(), label, this.badge);
    return this.opener;
  }

  panel() {
    this.welcome = welcome(this);
    this.menu = menu(this);
    this.log.node.prepend(this.welcome);
    this.status = make("div", { class: "status-line", hidden: true });
    this.heading = make("h2", { text: say("name"), tabindex: -1 });
    this.more = button(say("menu"), () => this.unfold(this.menu.hidden), { "aria-expanded": "false", "aria-controls": "menu" });
    const close = button(say("close"), () => this.hide());
    const head = make("header", { class: "head" }, logo(), make("div", { class: "brand" }, this.heading, make("p", { text: SETTINGS.office.name })), this.more, !this.whole && close);
    this.frame = make("section", { class: "panel", role: this.whole ? "region" : "dialog", "aria-label": say("panel"), hidden: true, keydown: (event) => this.key(event) },
      head, this.menu, this.log.node, make("div", { class: "dock" }, this.log.newer, this.status, this.compose.form));
    refuseFiles(this.frame, (text) => this.notice(text));
    return this.frame;
  }

  // What was being written in the form that stood here before the script came is carried over.
  takeOver() {
    const before = this.querySelector("textarea");
    if (!before) return this.replaceChildren();
    this.compose.box.value = before.value;
    if (document.activeElement === before) this.carried = true;
    const problem = this.querySelector("[role=alert]");
    if (problem) this.notice(problem.textContent);
    return this.replaceChildren();
  }

  // ---- Opening and closing ----

  show(asked = false) {
    if (this.open) return;
    this.open = true;
    this.frame.hidden = false;
    this.opener.hidden = true;
    this.opener.setAttribute("aria-expanded", "true");
    this.unread = 0;
    this.mark();
    this.talk.start();
    this.talk.note(this.talk.last);
    if (!this.whole) this.log.toEnd();
    if (this.carried) this.compose.box.focus();
    else if (asked) (matchMedia("(pointer: fine)").matches ? this.compose.box : this.heading).focus();
  }

  hide() {
    if (this.whole || !this.open) return;
    this.open = false;
    this.frame.hidden = true;
    this.opener.hidden = false;
    this.opener.setAttribute("aria-expanded", "false");
    this.opener.focus();
  }

  key(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    if (this.asking) this.asking(true);
    else if (!this.menu.hidden) this.unfold(false);
    else this.hide();
  }

  unfold(open) {
    this.menu.hidden = !open;
    this.frame.classList.toggle("unfolded", open);
    this.more.setAttribute("aria-expanded", String(open));
    if (!open && this.asking) this.asking(false);
    if (!open && this.menu.contains(this.shadowRoot.activeElement)) this.more.focus();
  }

  // Any link of the host page with data-send-desk="open" or "person" leads here.
  hostLink(event) {
    const found = event.target instanceof Element && event.target.closest("[data-send-desk]");
    if (!found || event.defaultPrevented) return;
    event.preventDefault();
    this.show(true);
    if (found.dataset.sendDesk === "person") this.person();
  }

  // ---- What a parent does ----

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

  again(text) {
    this.send(text);
  }

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
      if (box.checked && this.dataset.session) leaveCookie();
      this.announce(say(box.checked ? "shared_on" : "shared_off"));
    });
  }

  ask(text, yes, act) {
    if (this.asking) this.asking(false);
    const back = this.shadowRoot.activeElement;
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
    if (this.dataset.session) leaveCookie();
    this.compose.box.focus();
    if (text) this.notice(text);
  }

  // ---- What the conversation shows (conversation.js) ----

  who(author) {
    return { parent: say("you"), assistant: say("name"), caseworker: SETTINGS.office.name }[author] || "";
  }

  turn(turn) {
    const known = this.log.find(turn.id);
    const article = this.log.turn(turn);
    if (known) return;
    this.welcome.classList.toggle("begun", true);
    if (turn.author === "parent") {
      if (!turn.seq) this.log.toEnd();
      return;
    }
    this.log.busy(false);
    if (this.arriving) this.arrived(turn, article);
  }

  // History is shown in one go, at its end; only what comes after it is announced.
  loaded() {
    if (this.arriving) return;
    this.arriving = true;
    this.log.toEnd();
    this.countUnread();
  }

  countUnread() {
    if (this.open) return;
    const seen = this.store.data.seen || 0;
    this.unread = [...this.log.turns.children].filter((each) => +each.dataset.seq > seen && !each.classList.contains("parent")).length;
    this.mark();
  }

  arrived(turn, article) {
    this.announce(spoken(turn, this.who(turn.author)));
    this.log.reveal(article);
    const own = article.previousElementSibling;
    if (turn.outcome === "failed" && own && own.classList.contains("parent")) this.log.offerAgain(article, own.querySelector(".said").textContent);
    if (!this.open) { this.unread += 1; this.mark(); }
  }

  mark() {
    this.badge.hidden = !this.unread;
    this.badge.textContent = this.unread;
    this.opener.setAttribute("aria-label", this.unread ? say("launcher_new") : this.opener.children[1].textContent);
  }

  settled(id) {
    this.log.state(id, "");
    this.log.busy(false);
    clearTimeout(this.writing);
  }

  trouble(kind, values = {}) {
    this.arriving = true;
    if (kind === "sending") return this.sending(values.again);
    this.log.busy(false);
    clearTimeout(this.writing);
    if (!kind) return this.tell(null);
    const text = say(kind, { ...SETTINGS.office, ...values });
    const item = this.talk.queue[0];
    this.log.state(item.body.message_id, say("not_sent"));
    const now = kind !== "busy" && button(say("try_now"), () => this.talk.wake(), { class: "plain" });
    const words = kind === "down" ? withLink(text, SETTINGS.office.phone, `tel:${SETTINGS.office.phone.replace(/\s/g, "")}`) : [text];
    if (this.told !== kind) { this.announce(text); this.tell(make("p", {}, ...words), now); }
    this.told = kind;
    return null;
  }

  sending(again) {
    const item = this.talk.queue[0];
    if (again) return this.log.state(item.body.message_id, say("sending"));
    clearTimeout(this.writing);
    this.writing = setTimeout(() => { this.log.busy(true); this.announce(say("writing")); }, WRITING_MS);
    return null;
  }

  refused(item, message) {
    const article = this.log.find(item.body.message_id);
    if (article) article.remove();
    const kept = this.giveBack(item);
    this.notice([message, kept && say("not_sent_kept")].filter(Boolean).join(" "));
  }

  ended(item) {
    this.notice(say(item && this.giveBack(item) ? "ended_kept" : "ended"));
  }

  // Puts what was typed back in the box, unless something new is being written there.
  giveBack({ body }) {
    const { box } = this.compose;
    if (body.text === undefined || box.value.trim()) return false;
    box.value = body.text;
    this.compose.count();
    return true;
  }

  clear() {
    this.arriving = false;
    this.log.clear();
    this.log.busy(false);
    this.welcome.classList.remove("begun");
    clearTimeout(this.writing);
    this.tell(null);
  }

  // ---- Telling ----

  // A line above the box; null takes it away.
  tell(...nodes) {
    this.told = "";
    this.status.replaceChildren(...nodes.filter(Boolean));
    this.status.hidden = !nodes[0];
  }

  notice(text) {
    this.tell(make("p", { text }), button("×", () => { this.tell(null); this.compose.box.focus(); }, { class: "plain", "aria-label": say("close") }));
    this.announce(text);
  }

  // Read once by a screen reader, then cleared, so that nobody comes upon it again while reading the page.
  announce(text) {
    const said = make("p", { text, id: `said-${newId()}` });
    this.live.append(said);
    setTimeout(() => said.remove(), READ_MS);
  }
}

// A constructed sheet needs no leave of the page's content security policy; old browsers get a <style>.
function dress(shadow) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [sheet];
  } catch {
    shadow.append(make("style", { text: STYLE }));
  }
}

if (!customElements.get("send-desk")) customElements.define("send-desk", SendDesk);
