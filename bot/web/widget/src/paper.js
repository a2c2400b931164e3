// Prints one letter alone: on a page of its own, without the chat and without the site around it.
import { make } from "./dom.js";

const PAPER = "@page{margin:2.2cm}body{margin:0;color:#000;font:12pt/1.5 Georgia,'Noto Serif',serif;white-space:pre-line}p{margin:0 0 .8em;orphans:3;widows:3}mark{background:none;color:inherit;font-weight:700}";

// `sheet` shows the letter; the page that is printed stands beside it for as long as that takes.
export function printAlone(title, sheet) {
  const frame = make("iframe", { class: "hidden", "aria-hidden": "true", tabindex: -1 });
  frame.addEventListener("load", () => fillAndPrint(frame, title, sheet), { once: true });
  sheet.after(frame);
}

function fillAndPrint(frame, title, sheet) {
  const { contentDocument: paper, contentWindow: view } = frame;
  paper.title = title;
  paper.body.replaceChildren(...sheet.cloneNode(true).childNodes);
  try {
    const style = new view.CSSStyleSheet();
    style.replaceSync(PAPER);
    paper.adoptedStyleSheets = [style];
  } catch {
    // An old browser prints it in its own plain style.
  }
  view.addEventListener("afterprint", () => setTimeout(() => frame.remove()));
  view.print();
}
