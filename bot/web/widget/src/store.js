// What the browser keeps: the token of the conversation, the last turn seen, the size of the text. Never what was said.
// On a shared computer nothing at all, and where the browser allows no storage neither.

const KEY = "send-desk";

export class Store {
  constructor() {
    this.shared = false;
    this.data = kept();
  }

  get session() {
    return this.data.session || "";
  }

  write(changes) {
    Object.assign(this.data, changes);
    if (!this.shared) keep(this.data);
  }

  forget() {
    this.data = { larger: this.data.larger };
    keep(this.shared ? null : this.data);
  }

  share(shared) {
    this.shared = shared;
    keep(shared ? null : this.data);
  }

  // Another tab of this site has changed what is kept.
  watch(changed) {
    const heard = (event) => {
      if (event.key !== KEY && event.key !== null) return;
      this.shared = event.newValue === null;
      const before = this.session;
      if (!this.shared) this.data = kept();
      changed(before !== this.session);
    };
    addEventListener("storage", heard);
    return () => removeEventListener("storage", heard);
  }

  // One tab at a time, so that two do not both start a conversation.
  async alone(work) {
    if (!navigator.locks || this.shared) return work();
    return navigator.locks.request(KEY, () => {
      if (!this.shared && kept().session) this.data = kept();
      return work();
    });
  }
}

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY));
    return found && typeof found === "object" ? found : {};
  } catch {
    return {};
  }
}

function keep(data) {
  try {
    if (data === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(data));
  } catch {
    // A browser that keeps nothing: the conversation lasts as long as the page.
  }
}
