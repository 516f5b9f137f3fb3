// The only JavaScript of the page that is written by hand: waits until the bundle is compiled, then starts it. A file of its
// own, because the page's Content-Security-Policy forbids scripts inside the HTML.

/** The page says whose bundle it wants: its own, or that of the smallest page. */
const NAME = document.documentElement.dataset.bundle;
const BUNDLE = `/pkg/${NAME}.js`;
const WASM = `/pkg/${NAME}_bg.wasm`;
/** What happens to the bundle is shown here. */
const place = document.getElementById("build");

/** All other texts of the page are in the WebAssembly. These come before it runs, in the language of the browser. */
const korean = navigator.language.startsWith("ko");
const SAID = korean
  ? {
      building: "페이지를 브라우저용으로 컴파일하고 있어요. 끝나면 저절로 시작해요. (처음에는 몇 분 걸려요.)",
      failed: "페이지를 컴파일하지 못했어요. 위에 나온 문제를 고치고 서버를 멈춘 뒤 다시 시작하세요: cargo run",
      absent: "페이지가 준비되면 저절로 시작해요.",
      unreachable: "서버가 응답하지 않아요. 켜져 있나요? 시작하려면: cargo run",
      broken: "시작하지 못했어요. 페이지를 새로 고치세요. 그래도 안 되면 실행하세요: cargo xtask bundle",
    }
  : {
      building: "The page is being compiled for the browser. It starts by itself. (The first time takes a few minutes.)",
      failed: "The page could not be compiled. Mend what stands above, stop the server, and start it again: cargo run",
      absent: "It starts by itself as soon as it is there.",
      unreachable: "The server does not answer. Is it running? Start it: cargo run",
      broken: "The page could not start. Load it again; if that does not help, run: cargo xtask bundle",
    };
if (place && korean) place.lang = "ko";

/** Shows text, as text: what a compiler prints is no HTML. */
function show(...lines) {
  if (!place) return;
  place.textContent = lines.join("\n");
  place.scrollTop = place.scrollHeight;
}

/** What needs the WebAssembly can be used from now on: until it ran, a click would have done nothing. */
function enable() {
  for (const part of document.querySelectorAll("[inert]")) part.inert = false;
  // On a phone the field is below what may be wrong with the page: that is to be seen first.
  if (document.activeElement === document.body) document.querySelector("[autofocus]")?.focus({ preventScroll: true });
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What the server says about the bundle: {state, log}. */
async function build() {
  try {
    const response = await fetch(`/build?bundle=${NAME}`);
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
        await (await import(BUNDLE)).default({ module_or_path: WASM });
        return enable();
      case "building":
        show(SAID.building, "", ...log);
        break;
      case "failed":
        return show(...log, "", SAID.failed);
      case "absent":
        show(...log, "", SAID.absent);
        break;
      default:
        show(SAID.unreachable, "", ...log);
    }
    await pause(500);
  }
}

boot().catch((error) => show(SAID.broken, "", String(error)));
