// The blocks of a reply (bot/blocks.py) as DOM nodes, one function a kind; kinds unknown here are left out.
// `page` is what a block may do: press(id, label), announce(text).
import { make, draw, words, say, day, link, copyButton, button } from "./dom.js";
import { timeline } from "./timeline.js";
import { printAlone } from "./paper.js";

export function show(block, page) {
  const kind = Object.prototype.hasOwnProperty.call(BLOCKS, block.type) ? BLOCKS[block.type] : null;
  return kind ? kind(block, page) : null;
}

function list(tag, items, properties = {}) {
  return make(tag, properties, ...items.map((item) => make("li", { dir: "auto" }, item)));
}

function folded(summary, ...children) {
  return make("details", {}, words("summary", summary), ...children);
}

function sources(block) {
  const asAt = block.law_as_at && say("law_as_at", { day: day(block.law_as_at) });
  const summary = asAt ? `${say("sources")} · ${asAt}` : say("sources");
  const fold = folded(summary,
    block.law.length > 0 && make("h5", { text: say("law_heading") }),
    block.law.length > 0 && list("ul", block.law),
    block.items.length > 0 && make("h5", { text: say("pages_heading") }),
    block.items.length > 0 && list("ul", block.items.map(link), { class: "links" }),
    block.review_by && make("p", { class: "small", text: say("review_by", { day: day(block.review_by) }) }));
  fold.className = "sources";
  return fold;
}

function buttons(block, page) {
  const group = make("div", { class: "choices", role: "group", "aria-label": block.prompt || false });
  const press = (item) => (event) => {
    if (event.currentTarget.getAttribute("aria-disabled") === "true") return;
    settle(group, item.text);
    page.press(item.id, item.text);
  };
  group.append(...block.items.map((item) => button(item.text, press(item), { dir: "auto", class: "choice" })));
  return block.prompt ? make("div", {}, words("p", block.prompt, { class: "prompt" }), group) : group;
}

// Makes a set of buttons plain to read: it stays where it is, focus included, and the one that was chosen is marked.
export function settle(group, chosen = null) {
  let open = chosen !== null;
  for (const each of group.querySelectorAll("button")) {
    if (each.getAttribute("aria-disabled") === "true") return;
    each.setAttribute("aria-disabled", "true");
    if (!open || each.textContent !== chosen) continue;
    open = false;
    each.classList.add("chosen");
    each.append(make("span", { class: "hidden", text: ` (${say("chosen")})` }));
  }
}

function file(block) {
  if (!block.content) return words("p", say("file_gone", { label: block.label }), { class: "quiet" });
  const bytes = Uint8Array.from(atob(block.content), (sign) => sign.charCodeAt(0));
  const href = URL.createObjectURL(new Blob([bytes], { type: block.mime }));
  const arrow = draw("svg", { viewBox: "0 0 16 16", "aria-hidden": "true", class: "icon" }, draw("path", { d: "M8 2v8m-3.5-3.5L8 10l3.5-3.5M3 13.5h10" }));
  return make("p", {}, make("a", { href, download: block.name, class: "file", dir: "auto" }, arrow, make("span", { text: block.label })));
}

function letter(block, page) {
  const sheet = make("div", { class: "sheet" }, ...block.paragraphs.map(paragraph));
  const copyIt = copyButton(say("letter_copy"), block.paragraphs.join("\n\n"), sheet, (told) => page.announce(told));
  return make("section", { class: "card letter" },
    words("h4", block.title),
    block.missing.length > 0 && words("p", say("letter_missing", { items: block.missing.join("; ") }), { class: "missing" }),
    sheet, make("div", { class: "row" }, copyIt, button(say("letter_print"), () => printAlone(block.title, sheet))));
}

// Blanks, which read [like this], are marked.
function paragraph(text) {
  const parts = text.split(/(\[[^\][]+\])/);
  const nodes = parts.map((part) => (part.startsWith("[") && part.endsWith("]") ? make("mark", { text: part }) : part));
  return make("p", { dir: "auto" }, ...nodes);
}

function review(block, page) {
  return make("section", { class: "card review" }, words("h4", block.title),
    make("dl", {}, ...block.items.map((item) => reviewItem(item, page))));
}

function reviewItem(item, page) {
  const told = make("dd", {}, words("span", item.value, { class: "value" }));
  if (item.id) told.append(changeButton(item, page));
  return make("div", {}, make("dt", {}, words("span", item.label), ` (${say(`basis_${item.basis}`)})`), told);
}

function changeButton(item, page) {
  const label = say("change_item", { label: item.label });
  const change = button(say("change"), () => page.press(item.id, label), { class: "change" });
  change.append(make("span", { class: "hidden", text: ` ${item.label}` }));
  return change;
}

function reference(block, page) {
  const told = [[say("reference"), block.reference], [say("code"), block.code]].filter(([, value]) => value);
  const shown = make("dl", {}, ...told.map(([label, value]) => make("div", {}, make("dt", { text: label }), make("dd", { text: value }))));
  const text = told.map((pair) => pair.join(": ")).join("\n");
  return make("section", { class: "card reference" }, shown,
    make("p", { class: "small", text: say(block.code ? "reference_keep" : "reference_keep_one") }),
    make("div", { class: "row" }, copyButton(say("copy"), text, shown, (told) => page.announce(told))));
}

const BLOCKS = {
  text: (block) => words("p", block.text),
  heading: (block) => words("h4", block.text),
  list: (block) => list(block.ordered ? "ol" : "ul", block.items),
  links: (block) => list("ul", block.items.map(link), { class: "links" }),
  more: (block) => folded(block.summary, ...block.paragraphs.map((text) => words("p", text))),
  sources,
  buttons,
  timeline,
  file,
  letter,
  review,
  reference,
};
