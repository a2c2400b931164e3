// Makes DOM nodes and says the widget's words. Whatever comes from a server goes in as text, never as markup.

export const ORIGIN = new URL(import.meta.url).origin;
const SVG = "http://www.w3.org/2000/svg";

// One of the widget's own sentences, its {placeholders} filled in.
export function say(key, values = {}) {
  return SETTINGS.words[key].replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

// A node: `text` is its text, functions are listeners, true and false set or leave out, the rest are attributes.
export function make(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

export function draw(tag, properties = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

function fill(node, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name === "text") node.textContent = value;
    else if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.filter(Boolean));
  return node;
}

// Text of unknown language and direction.
export function words(tag, text, properties = {}) {
  return make(tag, { dir: "auto", text, ...properties });
}

export function button(text, click, properties = {}) {
  return make("button", { type: "button", text, click, ...properties });
}

// A link to https, http (some official pages still are), mailto, tel or a path of the office's own site; anything else stays plain text.
export function link(item) {
  const url = safeUrl(item.url);
  if (!url) return words("span", item.text);
  if (!url.startsWith("https:") && !url.startsWith("http:")) return words("a", item.text, { href: url });
  const away = make("span", { class: "hidden", text: ` (${say("new_tab")})` });
  const anchor = words("a", item.text, { href: url, target: "_blank", rel: "noopener noreferrer" });
  anchor.append(make("span", { class: "away", "aria-hidden": "true", text: "\u00a0↗" }), away);
  return anchor;
}

export function safeUrl(url) {
  if (/^\/(?![/\\])/.test(url)) return ORIGIN + url;
  return /^(https?:\/\/|mailto:|tel:)/i.test(url) ? url : "";
}

// An ISO date as people say it; anything else as it is.
export function day(iso, form = { day: "numeric", month: "long", year: "numeric" }) {
  const date = new Date(`${iso}T12:00:00Z`);
  return Number.isNaN(date.getTime()) ? iso || "" : date.toLocaleDateString("en-GB", { ...form, timeZone: "UTC" });
}

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Copies text; where the browser has no clipboard for us, through a selection of the node that shows it.
export async function copy(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const selection = getSelection();
    selection.selectAllChildren(shown);
    return document.execCommand("copy");
  }
}

// A button that copies, and says so.
export function copyButton(label, text, shown, announce) {
  return button(label, async (event) => {
    const pressed = event.currentTarget;
    const told = say((await copy(text, shown)) ? "copied" : "copy_failed");
    pressed.textContent = told;
    announce(told);
    setTimeout(() => { pressed.textContent = label; }, 4000);
  });
}
