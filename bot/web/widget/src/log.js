// The messages on the screen: in order, each once, without jumping and without taking the focus.
import { make, words, say, button } from "./dom.js";
import { show, settle } from "./blocks.js";
import { useful } from "./useful.js";

const NEAR = 120; // pixels from the end within which a reader counts as following

export class Log {
  constructor(page) {
    this.page = page; // whole: does the page scroll?; who(), press(), send(), rate(), announce(), notice()
    this.turns = make("div", { class: "turns" });
    this.typing = make("p", { class: "typing", hidden: true }, make("span", { text: say("writing") }), make("span", { class: "dots", "aria-hidden": "true", text: "…" }));
    this.newer = button(`${say("newer")} ↓`, () => this.toEnd(), { class: "newer", hidden: true });
    this.node = make("div", { class: "log", role: "group", "aria-label": say("messages"), scroll: () => this.scrolled() });
    if (!page.whole) this.node.tabIndex = 0;
    this.node.append(this.turns, this.typing);
    this.scrolled = this.scrolled.bind(this);
    this.follows = true;
  }

  clear() {
    this.turns.replaceChildren();
    this.newer.hidden = true;
    this.follows = true;
  }

  // Shows a turn, or gives a shown one its number and its place.
  turn(turn) {
    const known = this.find(turn.id);
    const article = known || this.drawn(turn);
    article.dataset.seq = turn.seq;
    const next = turn.seq ? [...this.turns.children].find((each) => each !== article && (!+each.dataset.seq || +each.dataset.seq > turn.seq)) || null : null;
    if (!known || (next && next !== article.nextElementSibling)) this.turns.insertBefore(article, next);
    if (!known) this.markChoices(turn, article);
    return article;
  }

  find(id) {
    return [...this.turns.children].find((each) => each.dataset.id === id);
  }

  drawn(turn) {
    const who = this.page.who(turn.author);
    const nodes = turn.blocks.map((block) => show(block, this.page));
    return make("article", { class: `turn ${turn.author}`, "data-id": turn.id, "data-outcome": turn.outcome || false },
      make("h3", { class: "who", text: who }),
      turn.text && words("p", turn.text, { class: "said" }),
      ...nodes,
      useful(turn, this.page),
      turn.author === "parent" && make("p", { class: "state", hidden: true }));
  }

  // A question of the case form cannot be answered twice: its buttons turn into text once something newer stands below.
  markChoices(turn, article) {
    const before = article.previousElementSibling;
    if (!before || turn.author !== "parent") return;
    const groups = [...before.querySelectorAll(".choices")];
    const used = groups.filter((group) => [...group.children].some((each) => each.textContent === turn.text));
    for (const group of used) settle(group, turn.text);
    if (before.dataset.outcome === "handed_off") for (const group of groups) settle(group, "");
  }

  state(id, text) {
    const article = this.find(id);
    const line = article && article.querySelector(".state");
    if (!line) return;
    line.textContent = text;
    line.hidden = !text;
  }

  // The assistant could not answer: the same words can be sent anew.
  offerAgain(article, text) {
    const again = button(say("again"), () => { again.remove(); this.page.send(text); }, { class: "choice" });
    article.append(make("div", { class: "choices" }, again));
  }

  busy(on) {
    this.typing.hidden = !on;
    if (on && this.follows) this.toEnd();
  }

  // ---- Scrolling: the log itself in a panel, the whole page on a page of its own ----

  get box() {
    return this.page.whole ? document.scrollingElement : this.node;
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.box;
    this.follows = scrollHeight - scrollTop - clientHeight < NEAR;
    if (this.follows) this.newer.hidden = true;
  }

  toEnd() {
    this.scroll(this.turns.childElementCount ? this.box.scrollHeight : 0);
    this.follows = true;
    this.newer.hidden = true;
  }

  // Brings the beginning of a new message into view, with a short question above it, never past it; a reader who has scrolled up is left alone.
  reveal(article) {
    if (!this.follows) {
      this.newer.hidden = false;
      return;
    }
    const asked = article.previousElementSibling;
    const whole = asked && asked.classList.contains("parent") && asked.offsetHeight < this.box.clientHeight / 4;
    const frame = this.page.whole ? 0 : this.node.getBoundingClientRect().top;
    this.scroll(this.box.scrollTop + (whole ? asked : article).getBoundingClientRect().top - frame - 12);
  }

  // At once: a smooth scroll passes through places where nobody is.
  scroll(top) {
    this.box.scrollTo({ top, behavior: "instant" });
  }
}
