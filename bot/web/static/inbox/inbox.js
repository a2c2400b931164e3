// Says when cases came in while the queue is open. Everything works without it: the page has a link to refresh.
const live = document.getElementById("live");

if (live && "EventSource" in window) {
  const source = new EventSource(live.dataset.live);
  source.addEventListener("cases", () => {
    live.textContent = "New cases have come in.";
  });
}
