// The box to write in, and the three buttons that always stand below it.
import { make, say, button } from "./dom.js";

const WARN_LEFT = 200; // characters left when the count begins to show

// `page` takes what is written: send(text), typing(), person(), shorter(), larger(), notice(text), announce(text).
export function compose(page) {
  const mouse = matchMedia("(hover: hover) and (pointer: fine)").matches;
  const hint = make("p", { class: "hint", id: "hint", text: mouse ? say("keys_hint") : "" });
  const box = make("textarea", { id: "text", name: "text", rows: 2, dir: "auto", autocomplete: "off", "aria-describedby": "hint", enterkeyhint: mouse ? "send" : "enter" });
  const larger = button(say("larger"), () => page.larger());
  const form = make("form", { class: "compose", novalidate: true },
    make("label", { for: "text", text: say("your_message") }),
    make("div", { class: "write" }, box, make("button", { class: "send", text: say("send") })),
    hint,
    make("div", { class: "bar" }, button(say("person"), () => page.person(), { class: "person" }), button(say("shorter"), () => page.shorter()), larger));

  const send = () => {
    const text = box.value;
    if (!text.trim()) return box.focus();
    if (text.length > SETTINGS.maxChars) return page.notice(say("too_long", { limit: SETTINGS.maxChars.toLocaleString("en-GB") }));
    box.value = "";
    count();
    return page.send(text);
  };
  const count = () => {
    const left = SETTINGS.maxChars - box.value.length;
    if (left < 0) hint.textContent = say("too_long", { limit: SETTINGS.maxChars.toLocaleString("en-GB") });
    else hint.textContent = left < WARN_LEFT ? say("near_limit", { left }) : mouse ? say("keys_hint") : "";
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  box.addEventListener("input", count);
  box.addEventListener("input", () => page.typing(), { once: true });
  box.addEventListener("keydown", (event) => {
    const wanted = event.key === "Enter" && !event.shiftKey && !event.isComposing && (mouse || event.ctrlKey || event.metaKey);
    if (wanted) { event.preventDefault(); send(); }
  });
  return { form, box, larger, count };
}

// Files are refused kindly: dropped ones before the browser opens them in place of the page, pasted ones too.
export function refuseFiles(node, notice) {
  const refuse = (event) => {
    const carried = event.dataTransfer || event.clipboardData;
    if (!carried || ![...carried.types].includes("Files") || carried.types.includes("text/plain")) return;
    event.preventDefault();
    if (event.type !== "dragover") notice(say("no_files", SETTINGS.office));
  };
  for (const kind of ["dragover", "drop", "paste"]) node.addEventListener(kind, refuse);
}
