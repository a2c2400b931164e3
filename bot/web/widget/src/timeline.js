// A parent's timeline: a picture to scale, its marks numbered like the list of the same rows below it.
import { make, draw, words, say, day } from "./dom.js";

const WIDTH = 340;
const EDGE = 24;
const APART = 42; // so that two dates under their marks do not touch
const LINE = 30; // where the line runs, from the top
const SIZE = 11; // half a mark

export function timeline(block) {
  const list = make("ol", { class: "steps" }, ...block.rows.map(step));
  return make("section", { class: "card timeline" }, words("h4", block.title), picture(block.rows), list);
}

function step(row, index) {
  const when = make("strong", { text: row.date ? day(row.date) : say("no_date") });
  const status = make("span", { class: `status ${row.status}`, text: say(`status_${row.status}`) });
  const badge = draw("svg", { viewBox: "-14 -14 28 28", "aria-hidden": "true", class: `mark ${row.status}` }, ...mark(row.status, index));
  return make("li", { class: row.status }, badge,
    make("div", {},
      make("p", { class: "when" }, when, " ", status),
      words("p", row.label),
      row.detail && words("p", row.detail, { class: "quiet" }),
      row.provision && words("p", row.provision, { class: "quiet small" })));
}

// Shapes as well as colours: a disc for done, a square for next, a diamond for overdue, a ring for later.
function mark(status, index) {
  const square = status === "due" || status === "overdue";
  const shape = square
    ? draw("rect", { x: -SIZE, y: -SIZE, width: 2 * SIZE, height: 2 * SIZE, rx: 3, transform: status === "overdue" ? "rotate(45) scale(.86)" : "" })
    : draw("circle", { r: SIZE });
  return [shape, draw("text", { y: 4, text: index + 1 })];
}

// Null when fewer than two rows have dates: there is nothing to draw to scale.
function picture(rows) {
  const dated = rows.map((row, index) => ({ row, index, time: Date.parse(row.date) })).filter((each) => each.time);
  if (dated.length < 2) return null;
  dated.sort((one, other) => one.time - other.time);
  const width = Math.max(WIDTH, 2 * EDGE + APART * (dated.length - 1));
  const scale = scaled(dated, width);
  const places = spread(dated.map((each) => scale(each.time)), width - EDGE);
  const marks = dated.map((each, at) => placed(each, places[at]));
  const line = draw("line", { x1: places[0], x2: places[places.length - 1], y1: LINE, y2: LINE });
  const all = { viewBox: `0 0 ${width} 66`, role: "img", "aria-label": say("timeline_picture"), class: "picture" };
  return draw("svg", all, line, now(dated, scale), ...marks);
}

function scaled(dated, width) {
  const first = dated[0].time;
  const span = dated[dated.length - 1].time - first || 1;
  return (time) => EDGE + ((time - first) / span) * (width - 2 * EDGE);
}

// Moves places that are too close apart, first to the right, then back from the right edge.
function spread(places, right) {
  const found = [...places];
  for (let at = 1; at < found.length; at += 1) found[at] = Math.max(found[at], found[at - 1] + APART);
  let most = right;
  for (let at = found.length - 1; at >= 0; at -= 1, most -= APART) found[at] = Math.min(found[at], most);
  return found;
}

function placed({ row, index }, x) {
  const label = draw("text", { y: 31, class: "label", text: day(row.date, { day: "numeric", month: "short" }) });
  return draw("g", { transform: `translate(${x} ${LINE})`, class: `mark ${row.status}` }, ...mark(row.status, index), label);
}

function now(dated, scale) {
  const today = Date.now();
  if (today < dated[0].time || today > dated[dated.length - 1].time) return null;
  const x = scale(today);
  return draw("g", { class: "today" },
    draw("path", { d: `M${x - 5} 9h10l-5 7z` }), draw("text", { x, y: 7, text: say("today") }));
}
