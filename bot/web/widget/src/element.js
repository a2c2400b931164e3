// <send-desk>: builds the launcher and the panel, opens and closes them, ties the parts together.
// Options: data-mode="page|frame", data-side="left", data-theme="light|dark", data-label, data-open, lang.
import { make, say, button } from "./dom.js";
import { Store } from "./store.js";
import { Conversation } from "./conversation.js";
import { Log } from "./log.js";
import { welcome, menu, logo } from "./menu.js";
import { compose, refuseFiles } from "./compose.js";
import { Telling } from "./telling.js";
import { Launcher } from "./launcher.js";
import { View } from "./view.js";
import { Page } from "./page.js";

class SendDesk extends HTMLElement {
  connectedCallback() {
    if (!this.shadowRoot) this.build();
    const { talk, log, store } = this.page;
    this.leaving = (event) => { if (talk.unsent) event.preventDefault(); };
    this.asked = (event) => this.hostLink(event);
    addEventListener("beforeunload", this.leaving);
    document.addEventListener("click", this.asked);
    if (this.whole) addEventListener("scroll", log.scrolled, { passive: true });
    if (this.whole || this.hasAttribute("data-open")) this.show();
    else if (store.session && store.data.waiting) talk.start();
  }

  disconnectedCallback() {
    removeEventListener("beforeunload", this.leaving);
    document.removeEventListener("click", this.asked);
    removeEventListener("scroll", this.page.log.scrolled);
    this.page.talk.stop();
  }

  // ---- Building ----

  build() {
    this.whole = this.dataset.mode === "page" || this.dataset.mode === "frame";
    const store = new Store();
    if (this.dataset.session) store.write({ session: this.dataset.session });
    const telling = new Telling(() => this.page.compose.box.focus());
    const page = new Page(this.whole, store, telling, (open) => this.unfold(open));
    page.cookie = Boolean(this.dataset.session);
    page.log = new Log(page);
    page.compose = compose(page);
    page.menu = menu(page);
    this.page = page;
    this.welcome = welcome(page);
    this.launcher = new Launcher(this.dataset.label || say("launcher"), () => this.show(true), this.whole);
    this.view = new View(page, this.launcher, this.welcome);
    page.talk = new Conversation(store, this.view);
    page.root = this.drawn();
    page.size(Boolean(store.data.larger));
    this.takeOver();
  }

  drawn() {
    const root = make("div", { class: `root ${this.whole ? `whole ${this.dataset.mode}` : "float"}`, lang: this.lang || "en-GB", dir: "ltr", "data-side": this.dataset.side || "right", "data-theme": this.dataset.theme || "auto" });
    root.append(this.launcher.node, this.panel(), this.page.telling.live);
    const shadow = this.attachShadow({ mode: "open" });
    dress(shadow);
    shadow.append(root);
    return root;
  }

  panel() {
    const { log, menu, compose, telling } = this.page;
    log.node.prepend(this.welcome);
    this.heading = make("h2", { text: say("name"), tabindex: -1 });
    this.more = button(say("menu"), () => this.unfold(menu.hidden), { "aria-expanded": "false", "aria-controls": "menu" });
    const close = button(say("close"), () => this.hide());
    const head = make("header", { class: "head" }, logo(), make("div", { class: "brand" }, this.heading, make("p", { text: SETTINGS.office.name })), this.more, !this.whole && close);
    this.frame = make("section", { class: "panel", role: this.whole ? "region" : "dialog", "aria-label": say("panel"), hidden: true, keydown: (event) => this.key(event) },
      head, menu, log.node, make("div", { class: "dock" }, log.newer, telling.line, compose.form));
    refuseFiles(this.frame, (text) => telling.notice(text));
    return this.frame;
  }

  // What was being written in the form that stood here before the script came is carried over.
  takeOver() {
    const before = this.querySelector("textarea");
    if (!before) return this.replaceChildren();
    this.page.compose.box.value = before.value;
    if (document.activeElement === before) this.carried = true;
    const problem = this.querySelector("[role=alert]");
    if (problem) this.page.notice(problem.textContent);
    return this.replaceChildren();
  }

  // ---- Opening and closing ----

  show(asked = false) {
    if (this.view.open) return;
    const { talk, log, compose } = this.page;
    this.view.open = true;
    this.frame.hidden = false;
    this.launcher.opened(true);
    talk.start();
    talk.look();
    if (!this.whole) log.toEnd();
    if (this.carried) compose.box.focus();
    else if (asked) (matchMedia("(pointer: fine)").matches ? compose.box : this.heading).focus();
  }

  hide() {
    if (this.whole || !this.view.open) return;
    this.view.open = false;
    this.frame.hidden = true;
    this.launcher.opened(false);
    this.launcher.node.focus();
  }

  key(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    if (this.page.asking) this.page.asking(true);
    else if (!this.page.menu.hidden) this.unfold(false);
    else this.hide();
  }

  unfold(open) {
    const { menu, asking } = this.page;
    menu.hidden = !open;
    this.frame.classList.toggle("unfolded", open);
    this.more.setAttribute("aria-expanded", String(open));
    if (!open && asking) asking(false);
    if (!open && menu.contains(this.shadowRoot.activeElement)) this.more.focus();
    if (!open) this.page.talk.look();
  }

  // Any link of the host page with data-send-desk="open" or "person" leads here.
  hostLink(event) {
    const found = event.target instanceof Element && event.target.closest("[data-send-desk]");
    if (!found || event.defaultPrevented) return;
    event.preventDefault();
    this.show(true);
    if (found.dataset.sendDesk === "person") this.page.person();
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
