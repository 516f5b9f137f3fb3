// The only JavaScript of the page that is written by hand: waits until the bundle is compiled, then starts it. A file of its
// own, because the page's Content-Security-Policy forbids scripts inside the HTML.

/** The page says whose bundle it wants: its own, or that of the smallest page. */
const NAME = document.documentElement.dataset.bundle;
const BUNDLE = `/pkg/${NAME}.js`;
const WASM = `/pkg/${NAME}_bg.wasm`;
/** What happens to the bundle is shown here. */
const place = document.getElementById("build");

/** Shows text, as text: what a compiler prints is no HTML. */
function show(...lines) {
  if (!place) return;
  place.textContent = lines.join("\n");
  place.scrollTop = place.scrollHeight;
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What the server says about the bundle: {state, log}. */
async function build() {
  try {
    const response = await fetch("/build");
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return await response.json();
  } catch (error) {
    return { state: "unreachable", log: [String(error)] };
  }
}

async function boot() {
  for (;;) {
    const { state, log } = await build();
    switch (state) {
      case "ready":
        show();
        // The bundle's default export fetches the WebAssembly and runs its start function.
        return (await import(BUNDLE)).default({ module_or_path: WASM });
      case "building":
        show("The page is being compiled for the browser. It starts by itself. (The first time takes a minute or two.)", "", ...log);
        break;
      case "failed":
        return show(...log, "", "The page could not be compiled. Mend what stands above, stop the server, and start it again: cargo run");
      case "absent":
        show(...log, "", "It starts by itself as soon as it is there.");
        break;
      default:
        show("The server does not answer. Is it running? Start it: cargo run", "", ...log);
    }
    await pause(500);
  }
}

boot().catch((error) => show("The page could not start. Load it again; if that does not help, run: cargo xtask bundle", "", String(error)));
