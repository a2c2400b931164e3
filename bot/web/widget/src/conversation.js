// One conversation: what goes out in order and until it has arrived, what comes in once and in order. Draws nothing.
// `view` shows: turn(turn), settled(id), trouble(kind, values), loaded(seen), clear(),
// refused(item, message), ended(item); and knows whether it is `visible`.
import { newId } from "./dom.js";
import { call, listen, Refused } from "./api.js";

const FIRST_WAIT = 1; // seconds before the first new try; each later one waits twice as long
const LONGEST_WAIT = 30;
const TRIES_BEFORE_DOWN = 3; // after this many the office's telephone number is shown

export class Conversation {
  constructor(store, view) {
    this.store = store;
    this.view = view;
    this.live = false;
    this.reset();
    this.wake = () => this.hurry && this.hurry();
    this.turned = () => { if (document.hidden) this.pause(); else { this.follow(); this.look(); } };
  }

  // From now on: the history, then whatever is new.
  start() {
    if (this.live) return this.follow();
    this.live = true;
    this.unwatch = this.store.watch((other) => (other ? this.adopt() : this.sync()));
    addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.turned);
    return this.follow();
  }

  stop() {
    if (!this.live) return;
    this.live = false;
    this.unwatch();
    removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.turned);
    this.pause();
  }

  // ---- Out ----

  send(message, shown) {
    this.enqueue({ body: { message_id: newId(), ...message }, shown });
  }

  enqueue(item) {
    const { shown } = item;
    this.take({ id: item.body.message_id, seq: 0, author: "parent", text: shown, blocks: [] });
    this.queue.push(item);
    this.deliver();
  }

  get unsent() {
    return this.queue.length > 0;
  }

  async deliver() {
    if (this.delivering) return;
    const round = this.round;
    this.delivering = true;
    for (let item = this.queue[0]; item && round === this.round; item = this.queue[0]) {
      await this.untilSent(item, round);
      if (round !== this.round) return;
      this.queue.shift();
      this.view.settled(item.body.message_id);
    }
    if (round === this.round) this.delivering = false;
    this.follow();
  }

  // Tries again under the same id, so that the server answers a repeat with the reply it has already given.
  async untilSent(item, round) {
    for (let tries = 0; round === this.round; tries += 1) {
      try {
        this.view.trouble("sending", { again: tries > 0 });
        const { turn } = await call("POST", "/messages", await this.session(), item.body);
        if (round === this.round) this.answered(item, turn);
        return;
      } catch (error) {
        if (round !== this.round) return;
        if (!(error instanceof Refused)) throw error;
        if (!error.passing) return this.refuse(item, error);
        await this.patience(error, tries);
      }
    }
  }

  async patience(error, tries) {
    const seconds = error.wait || Math.min(FIRST_WAIT * 2 ** tries, LONGEST_WAIT);
    const kind = error.wait ? "busy" : tries + 1 < TRIES_BEFORE_DOWN ? "trying" : "down";
    this.view.trouble(kind, { seconds });
    await new Promise((done) => {
      const timer = setTimeout(done, seconds * 1000);
      if (kind !== "busy") this.hurry = () => { clearTimeout(timer); done(); };
    });
    this.hurry = null;
  }

  refuse(item, error) {
    if (error.status === 401) return this.end(item);
    this.known.delete(item.body.message_id);
    this.view.refused(item, error.message);
  }

  answered(item, turn) {
    this.view.trouble("");
    this.take({ id: item.body.message_id, seq: turn.answers, author: "parent", text: item.shown, blocks: [] });
    const next = turn.answers === this.last + 1 && turn.seq === this.last + 2;
    this.take(turn);
    if (next) this.note(turn.seq);
    else this.sync(); // something came in between, from another tab or from the office
  }

  // The token of the conversation; without one, a new conversation. Asked early it saves a parent a wait later.
  async session() {
    if (this.store.session) return this.store.session;
    this.starting = this.starting || this.store.alone(async () => {
      if (!this.store.session) this.store.write({ session: (await call("POST", "/sessions")).session });
    });
    try {
      await this.starting;
    } finally {
      this.starting = null;
    }
    return this.store.session;
  }

  // ---- In ----

  // Shows a turn once; a turn known already only learns its number.
  take(turn) {
    const seq = this.known.get(turn.id);
    if (seq === undefined || (!seq && turn.seq)) {
      this.known.set(turn.id, turn.seq);
      this.view.turn(turn);
      if (turn.outcome === "handed_off") this.store.write({ waiting: true });
      if (turn.author === "caseworker") this.office = Math.max(this.office, turn.seq);
    }
  }

  note(seq) {
    this.last = Math.max(this.last, seq);
    this.look();
  }

  // What somebody can see now counts as seen; only a reply of the office is worth telling the server.
  look() {
    if (!this.last || !this.view.visible) return;
    if (this.store.data.seen !== this.last) this.store.write({ seen: this.last });
    const { office, round } = this;
    if (office <= this.told) return;
    this.told = office;
    call("POST", "/seen", this.store.session, { seq: office }).catch(() => { if (round === this.round) this.told = 0; });
  }

  // Says whether an answer was useful; throws when that did not arrive.
  rate(id, yes) {
    return call("POST", "/useful", this.store.session, { turn: id, useful: yes });
  }

  // Fetches what is new; asked again meanwhile, it looks once more after.
  async sync() {
    if (!this.store.session) return;
    if (this.syncing) { this.resync = true; return; }
    this.syncing = true;
    const round = this.round;
    try {
      const { turns } = await call("GET", `/history?after=${this.last}`, this.store.session);
      if (round !== this.round) return;
      for (const turn of turns) this.take(turn);
      if (turns.length) this.note(turns[turns.length - 1].seq);
      this.view.loaded(this.store.data.seen || 0);
    } catch (error) {
      if (round === this.round && error.status === 401) this.end();
    } finally {
      if (round === this.round) {
        this.syncing = false;
        if (this.resync) { this.resync = false; this.sync(); }
      }
    }
  }

  // Keeps a stream open while there is a conversation and somebody can see it.
  async follow() {
    if (this.following || !this.wanted) return;
    this.following = true;
    if (!this.last) await this.sync();
    for (let wait = FIRST_WAIT; this.wanted; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      this.stream = new AbortController();
      try {
        await listen(this.store.session, (seq) => { wait = FIRST_WAIT; if (seq > this.last) this.sync(); }, this.stream);
      } catch (error) {
        if (error.status === 401 && this.wanted) this.end();
        else this.sync(); // no stream to be had: look now and then
      }
      if (this.wanted) await new Promise((done) => setTimeout(done, wait * 1000));
    }
    this.following = false;
  }

  get wanted() {
    return this.live && !document.hidden && Boolean(this.store.session);
  }

  pause() {
    if (this.stream) this.stream.abort();
  }

  // ---- Beginning and end ----

  reset() {
    this.round = (this.round || 0) + 1;
    this.known = new Map();
    this.queue = [];
    this.last = this.office = this.told = 0;
    this.delivering = this.syncing = this.resync = false;
    this.hurry = null;
    this.pause();
  }

  // Another tab has started, ended or replaced the conversation.
  // What has not gone out yet goes out there, under the same ids: it may be the same conversation by another token.
  adopt() {
    const unsent = this.queue;
    this.reset();
    this.view.clear();
    if (!this.store.session && !unsent.length) return this.view.ended();
    for (const item of unsent) this.enqueue(item);
    this.sync();
    return this.follow();
  }

  end(item = this.queue[0]) {
    this.store.forget();
    this.reset();
    this.view.clear();
    this.view.ended(item);
  }

  // Lets go of the conversation, which stays with the office until it expires.
  fresh() {
    this.store.forget();
    this.reset();
    this.view.clear();
  }

  async remove() {
    if (this.store.session) {
      await call("DELETE", "/conversation", this.store.session).catch((error) => {
        if (error.status !== 401) throw error;
      });
    }
    this.fresh();
  }
}
