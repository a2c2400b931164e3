// Shows new cases while the queue is open, without reloading. Everything works without it: the page has a link to refresh.
const PARTS = ["total", "alarm", "views", "cases"];
const live = document.getElementById("live");
let fresh = null; // the newest page that was fetched; a part that is shown has left it

/** Whether somebody points at a part or is in it: then nothing moves under their hand. */
function busy(part) {
  return part.matches(":hover") || part.contains(document.activeElement);
}

function show() {
  for (const id of fresh ? PARTS : []) {
    const shown = document.getElementById(id);
    const part = fresh.getElementById(id);
    if (shown && part && !busy(shown)) shown.replaceWith(document.adoptNode(part));
  }
}

/** Fetches this page anew. A login that has ended leads to a page without these parts, and nothing is changed. */
function look() {
  const request = new XMLHttpRequest();
  request.open("GET", location.href);
  request.responseType = "document"; // parsed by the browser, its scripts never run
  request.setRequestHeader("X-By-Itself", "1"); // not a sign that somebody is at the desk
  request.addEventListener("load", () => {
    if (request.status !== 200 || !request.response?.getElementById("cases")) return;
    fresh = request.response;
    document.title = fresh.title;
    show();
  });
  request.send();
}

if (live && "EventSource" in window) {
  new EventSource(live.dataset.live).addEventListener("cases", () => {
    const time = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    live.textContent = `New cases came in at ${time}.`;
    look();
  });
  for (const name of ["pointerout", "focusout"]) document.addEventListener(name, () => setTimeout(show));
}
