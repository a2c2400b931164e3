// What stands above and before the messages: the welcome, the menu with privacy, contact, deletion.
import { make, words, say, button, link, draw, newId, ORIGIN } from "./dom.js";

// `page`: send(text), sharing(checkbox).
export function welcome(page) {
  const starts = [1, 2, 3].map((number) => {
    const text = say(`start_${number}`);
    return button(text, () => page.send(text), { class: "choice" });
  });
  return make("article", { class: "turn assistant welcome" },
    make("h3", { class: "who", text: say("name") }),
    words("p", say("welcome"), { class: "lead" }),
    make("p", { class: "quiet", text: say("welcome_honest") }),
    make("p", { class: "quiet" }, ...withLink(say("welcome_danger"), "999", "tel:999")),
    make("div", { class: "choices starts", role: "group", "aria-label": say("start_heading") }, make("p", { class: "prompt", text: say("start_heading") }), ...starts),
    shared(page));
}

// `page`: sharing(checkbox), ask(question, yes, act), erase(), fresh(), whole.
export function menu(page) {
  const { phone, email } = SETTINGS.office;
  const ways = [{ text: say("ring", { phone }), url: `tel:${phone.replace(/\s/g, "")}` }, { text: say("write", { email }), url: `mailto:${email}` }];
  return make("div", { class: "menu", id: "menu", hidden: true },
    make("h3", { text: say("contact_heading") }),
    make("ul", { class: "links" }, ...ways.map((way) => make("li", {}, link(way)))),
    make("h3", { text: say("privacy_heading") }),
    make("p", { text: say("privacy") }),
    shared(page),
    make("div", { class: "row" },
      button(say("fresh"), () => page.ask(say("fresh_ask"), say("fresh_yes"), () => page.fresh())),
      button(say("delete"), () => page.ask(say("delete_ask"), say("delete_yes"), () => page.erase()), { class: "danger" })),
    !page.whole && make("p", {}, link({ text: say("whole_page"), url: "/chat" })));
}

function shared(page) {
  const id = `shared-${newId()}`;
  const box = make("input", { type: "checkbox", "aria-describedby": id });
  page.sharing(box);
  return make("div", {}, make("label", { class: "shared" }, box, make("span", { text: say("shared") })),
    make("p", { class: "small quiet", id, text: say("shared_hint") }));
}

// A question before something that cannot be undone; the safe answer comes first and has the focus.
export function question(text, yes, act, done) {
  const no = button(say("delete_no"), () => done(true));
  const node = make("div", { class: "ask", role: "group", "aria-label": text },
    make("p", { text }), make("div", { class: "row" }, no, button(yes, act, { class: "danger" })));
  return { node, no };
}

export function withLink(text, part, href) {
  const [before, ...after] = text.split(part);
  return [before, make("a", { href, text: part }), after.join(part)];
}

export function logo() {
  return draw("svg", { viewBox: "0 0 32 32", "aria-hidden": "true", class: "logo" },
    draw("path", { d: "M6 5h20a4 4 0 0 1 4 4v11a4 4 0 0 1-4 4H15l-7 6v-6H6a4 4 0 0 1-4-4V9a4 4 0 0 1 4-4z", class: "bubble" }),
    draw("path", { d: "M10 14.5l4.2 4L22.5 11", class: "tick" }));
}

// The office's own page has set a cookie for the form page; on a shared computer that goes too.
export function leaveCookie() {
  return fetch(`${ORIGIN}/chat/leave`, { method: "POST" }).catch(() => null);
}
