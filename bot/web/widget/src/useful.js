// "Was this useful?" below an answer: two buttons, and thanks once it has been said.
import { make, say, button } from "./dom.js";
import { settle } from "./blocks.js";

// `page`: rate(id, useful), a promise; announce(text), notice(text). Null where nothing can be rated.
export function useful(turn, page) {
  if (!turn.useful) return null;
  if (turn.useful === "told") return make("p", { class: "useful quiet small", text: say("useful_told") });
  const thanks = make("p", { class: "small", hidden: true });
  const group = make("div", { class: "row", role: "group", "aria-label": say("useful_question") });
  const press = (yes) => async (event) => {
    const pressed = event.currentTarget;
    if (pressed.getAttribute("aria-disabled") === "true" || group.busy) return;
    group.busy = true;
    try {
      await page.rate(turn.id, yes);
      thanks.textContent = say(yes ? "useful_thanks" : "useful_thanks_no");
      thanks.hidden = false;
      settle(group, pressed.textContent);
      thanks.scrollIntoView({ block: "nearest", behavior: "instant" });
      page.announce(thanks.textContent);
    } catch {
      page.notice(say("useful_failed"));
    }
    group.busy = false;
  };
  group.append(make("span", { class: "small", text: say("useful_question") }), button(say("useful_yes"), press(true), { class: "choice" }), button(say("useful_no"), press(false), { class: "choice" }));
  return make("div", { class: "useful" }, group, thanks);
}
