// What a screen reader hears of a new message: the whole of what is open, and only the name of what is long or folded.
import { say, day } from "./dom.js";

export function spoken(turn, who) {
  const parts = [turn.text, ...turn.blocks.map((block) => (SPOKEN[block.type] || (() => ""))(block))];
  return `${who}: ${parts.filter(Boolean).join(" ")}`;
}

function sentences(items) {
  return items.map((item) => (/[.!?:]$/.test(item) ? item : `${item}.`)).join(" ");
}

const SPOKEN = {
  text: (block) => block.text,
  heading: (block) => sentences([block.text]),
  list: (block) => sentences(block.items),
  links: (block) => sentences(block.items.map((item) => item.text)),
  buttons: (block) => `${block.prompt} ${say("choices", { items: block.items.map((item) => item.text).join("; ") })}`.trim(),
  timeline: (block) => sentences([block.title, ...block.rows.map((row) => `${row.date ? day(row.date) : say("no_date")}, ${say(`status_${row.status}`)}: ${row.label}`)]),
  file: (block) => sentences([block.content ? block.label : say("file_gone", { label: block.label })]),
  letter: (block) => sentences([block.title, say("letter_ready")]),
  review: (block) => sentences([block.title, ...block.items.map((item) => `${item.label}: ${item.value}`)]),
  reference: (block) => sentences([`${say("reference")}: ${block.reference}`, ...(block.code ? [`${say("code")}: ${block.code}`] : [])]),
};
