// What the conversation shows (conversation.js): turns, unread ones, trouble on the line, words given back.
import { make, say, button } from "./dom.js";
import { spoken } from "./spoken.js";
import { withLink } from "./menu.js";

const WRITING_MS = 1200; // a quicker reply needs no "is writing"

// `page`: log, compose, telling, talk, who(author). `panel` is what is open or closed.
export class View {
  constructor(page, launcher, welcome) {
    Object.assign(this, { page, launcher, welcome, open: false });
  }

  // Whether somebody can see the messages now: the panel is open and shown, and its tab in front.
  get visible() {
    return this.open && !document.hidden && this.page.log.node.getClientRects().length > 0;
  }

  turn(turn) {
    const { log } = this.page;
    const known = log.find(turn.id);
    const article = log.turn(turn);
    if (known) return;
    this.welcome.classList.toggle("begun", true);
    if (turn.author === "parent") {
      if (!turn.seq) log.toEnd();
      return;
    }
    log.busy(false);
    if (this.arriving) this.arrived(turn, article);
  }

  // History is shown in one go, at its end; only what comes after it is announced.
  loaded(seen) {
    if (this.arriving) return;
    this.arriving = true;
    this.page.log.toEnd();
    if (!this.open) this.launcher.count([...this.page.log.turns.children].filter((each) => +each.dataset.seq > seen && !each.classList.contains("parent")).length);
  }

  arrived(turn, article) {
    const { log, telling } = this.page;
    telling.announce(spoken(turn, this.page.who(turn.author)));
    log.reveal(article);
    const own = article.previousElementSibling;
    if (turn.outcome === "failed" && own && own.classList.contains("parent")) log.offerAgain(article, own.querySelector(".said").textContent);
    if (!this.open) this.launcher.count(this.launcher.unread + 1);
  }

  settled(id) {
    this.page.log.state(id, "");
    this.idle();
  }

  // The message under way did not arrive: `kind` says how bad it is; "" that it is over.
  trouble(kind, values = {}) {
    const { log, telling, talk } = this.page;
    this.arriving = true;
    if (kind === "sending") return this.sending(values.again);
    this.idle();
    if (!kind) return telling.tell();
    const text = say(kind, { ...SETTINGS.office, ...values });
    log.state(talk.queue[0].body.message_id, say("not_sent"));
    if (telling.kind === kind) return null;
    const { phone } = SETTINGS.office;
    const words = kind === "down" ? withLink(text, phone, `tel:${phone.replace(/\s/g, "")}`) : [text];
    telling.announce(text);
    return telling.tell(kind, make("p", {}, ...words), kind !== "busy" && button(say("try_now"), () => talk.wake(), { class: "plain" }));
  }

  sending(again) {
    const { log, telling, talk } = this.page;
    if (again) return log.state(talk.queue[0].body.message_id, say("sending"));
    clearTimeout(this.writing);
    this.writing = setTimeout(() => { log.busy(true); telling.announce(say("writing")); }, WRITING_MS);
    return null;
  }

  idle() {
    this.page.log.busy(false);
    clearTimeout(this.writing);
  }

  refused(item, message) {
    const article = this.page.log.find(item.body.message_id);
    if (article) article.remove();
    const kept = this.giveBack(item);
    this.page.telling.notice([message, kept && say("not_sent_kept")].filter(Boolean).join(" "));
  }

  ended(item) {
    this.page.telling.notice(say(item && this.giveBack(item) ? "ended_kept" : "ended"));
  }

  // Puts what was typed back in the box, unless something new is being written there.
  giveBack({ body }) {
    const { box, count } = this.page.compose;
    if (body.text === undefined || box.value.trim()) return false;
    box.value = body.text;
    count();
    return true;
  }

  clear() {
    this.arriving = false;
    this.page.log.clear();
    this.idle();
    this.welcome.classList.remove("begun");
    this.page.telling.tell();
  }
}
