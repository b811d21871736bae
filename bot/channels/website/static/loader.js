// The one script a site embeds: <script src="https://bot.example/widget.js" async></script>
// It adds <handrail-chat> to the page; everything else is loaded from beside this file.
(() => {
  const server = new URL(".", document.currentScript.src).href;
  const side = document.currentScript.dataset.side === "left" ? "left" : "right";

  // A press on the page's own button counts although the chat is still being loaded.
  let wanted = false;
  const early = (event) => (wanted ||= Boolean(event.target.closest?.("[data-handrail-open]")));
  document.addEventListener("click", early);

  const add = () => {
    document.removeEventListener("click", early);
    if (document.querySelector("handrail-chat")) return;
    const chat = document.createElement("handrail-chat");
    chat.setAttribute("server", server);
    chat.setAttribute("side", side);
    document.body.append(chat);
    if (wanted) chat.open();
  };

  import(`${server}widget/element.js`).then(() => {
    if (document.body) add();
    else document.addEventListener("DOMContentLoaded", add, { once: true });
  });
})();
