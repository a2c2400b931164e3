// Makes the chat page smoother: sends without reloading, tries again when the line drops, reads replies out once.
// Without this file the page works by plain forms. All text goes in as text, never as markup.
"use strict";

const form = document.getElementById("compose");
const deleting = document.getElementById("delete");
const KEY = "send-desk-session";
let session = (form && form.dataset.session) || sessionStorage.getItem(KEY) || "";

if (form) start();
if (deleting && session) deleting.addEventListener("submit", deleteFirst);

function start() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const box = form.elements.text;
    if (!box.value.trim()) return;
    send({ text: box.value }, box.value);
    box.value = "";
  });
  form.elements.text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  document.getElementById("log").addEventListener("submit", pressed);
  const drawn = document.querySelectorAll("#log [data-seq]").length;
  if (session && !drawn) restore();
}

function pressed(event) {
  const button = event.submitter;
  if (!button || button.name !== "button") return;
  event.preventDefault();
  for (const other of button.form.querySelectorAll("button")) other.disabled = true;
  send({ button: button.value }, button.textContent);
}

let last = Promise.resolve();

function send(message, shown) {
  add({ author: "parent", text: shown, blocks: [] });
  const body = { message_id: newId(), ...message };
  last = last.then(() => deliver(body)); // in order, one at a time
}

async function deliver(body) {
  status("One moment…");
  for (let attempt = 0; attempt < 4; attempt += 1) {
    if (attempt) {
      status("The line dropped. Trying again…");
      await new Promise((done) => setTimeout(done, 1000 * 2 ** attempt));
    }
    try {
      if (!session) await newSession();
      const answer = await call("POST", "/chat/v1/messages", body);
      if (answer.ok) return finish(await answer.json());
      const problem = (await answer.json()).error;
      if (answer.status === 401) forget();
      if (answer.status < 500) return fail(problem.message);
    } catch (error) {
      if (error instanceof Refusal) return fail(error.message);
    }
  }
  fail(`The assistant cannot be reached. Ring the office on ${form.dataset.phone}.`);
}

class Refusal extends Error {}

async function newSession() {
  const answer = await fetch("/chat/v1/sessions", { method: "POST" });
  const body = await answer.json();
  if (!answer.ok) throw new Refusal(body.error.message);
  session = body.session;
  sessionStorage.setItem(KEY, session);
}

function call(method, path, body) {
  const headers = { Authorization: `Bearer ${session}` };
  if (body) headers["Content-Type"] = "application/json";
  return fetch(path, { method, headers, body: body && JSON.stringify(body) });
}

async function restore() {
  const answer = await call("GET", "/chat/v1/history").catch(() => null);
  if (!answer) return;
  if (answer.status === 401) return forget();
  if (answer.ok) for (const turn of (await answer.json()).turns) add(turn);
}

async function deleteFirst(event) {
  event.preventDefault();
  await call("DELETE", "/chat/v1/conversation").catch(() => null);
  forget();
  deleting.submit();
}

function forget() {
  session = "";
  sessionStorage.removeItem(KEY);
}

function finish(body) {
  status("");
  add(body.turn);
  announce(document.querySelector("#log > :last-child").innerText);
}

function fail(message) {
  status(message);
  announce(message);
}

function status(text) {
  document.getElementById("status").textContent = text;
}

function announce(text) {
  const live = document.getElementById("live");
  live.textContent = text;
  setTimeout(() => { if (live.textContent === text) live.textContent = ""; }, 5000);
}

function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// ---- Drawing ----

function add(turn) {
  const names = { parent: "You", assistant: "SEND Desk", caseworker: form.dataset.office };
  const article = make("article", "", { className: `turn ${turn.author}` });
  article.append(make("h2", names[turn.author], { className: "who" }));
  if (turn.text) article.append(make("p", turn.text, { className: "said" }));
  for (const block of turn.blocks) {
    const draw = Object.hasOwn(DRAW, block.type) ? DRAW[block.type] : null;
    if (draw) article.append(draw(block));
  }
  document.getElementById("log").append(article);
  article.scrollIntoView({ block: "nearest" });
}

function make(tag, text, properties = {}, children = []) {
  const node = Object.assign(document.createElement(tag), properties);
  if (text) node.textContent = text;
  node.append(...children);
  return node;
}

function list(tag, items) {
  return make(tag, "", {}, items.map((item) => make("li", "", {}, [item])));
}

function link(item) {
  const safe = /^(https?:|mailto:|tel:|\/(?![/\\]))/i.test(item.url);
  return make("a", item.text, { href: safe ? item.url : "#", rel: "noopener" });
}

function day(iso) {
  const date = new Date(`${iso}T12:00:00Z`);
  if (Number.isNaN(date.getTime())) return iso || "";
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}

const DRAW = {
  text: (block) => make("p", block.text),
  heading: (block) => make("h3", block.text),
  list: (block) => list(block.ordered ? "ol" : "ul", block.items),
  links: (block) => list("ul", block.items.map(link)),
  more: (block) => make("details", "", {}, [make("summary", block.summary), ...block.paragraphs.map((text) => make("p", text))]),
  sources: (block) => make("details", "", { className: "sources" }, [
    make("summary", "Law and sources"),
    list("ul", block.law),
    list("ul", block.items.map(link)),
    make("p", `Law as at ${day(block.law_as_at)}. Next review by ${day(block.review_by)}.`),
  ]),
  buttons: (block) => make("form", "", { className: "choices" }, [
    ...(block.prompt ? [make("p", block.prompt)] : []),
    ...block.items.map((item) => make("button", item.text, { name: "button", value: item.id })),
  ]),
  timeline: (block) => make("section", "", { className: "timeline" }, [make("h3", block.title), make("ol", "", {}, block.rows.map(row))]),
  file: (block) => {
    if (!block.content) return make("p", `${block.label}: files are not kept. Ask again to get a new one.`);
    const bytes = Uint8Array.from(atob(block.content), (sign) => sign.charCodeAt(0));
    const href = URL.createObjectURL(new Blob([bytes], { type: block.mime }));
    return make("p", "", {}, [make("a", block.label, { href, download: block.name })]);
  },
  letter: (block) => make("section", "", { className: "letter" }, [make("h3", block.title), ...block.paragraphs.map((text) => make("p", text))]),
  review: (block) => make("section", "", { className: "review" }, [
    make("h3", block.title),
    make("dl", "", {}, block.items.map((item) => make("div", "", {}, [make("dt", item.label), make("dd", item.value)]))),
  ]),
  reference: (block) => make("p", "Your reference: ", { className: "reference" }, [
    make("strong", block.reference),
    ...(block.code ? [make("br"), "Your code: ", make("strong", block.code)] : []),
  ]),
};

function row(item) {
  const parts = [make("strong", item.date ? day(item.date) : "No date yet"), ` ${item.label} (${item.status})`];
  if (item.detail) parts.push(make("br"), item.detail);
  if (item.provision) parts.push(make("br"), make("small", item.provision));
  return make("li", "", { className: item.status }, parts);
}
