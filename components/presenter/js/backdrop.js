/** What is behind the avatar on the stage: a colour, a picture, the video itself blurred, or nothing. */

/** @typedef {"color" | "picture" | "blur" | "none"} BackdropKind */

/** The width of the small picture that is blurred: a large one would cost a GPU's time. */
const SMALL = 96;
/** Milliseconds from one of them to the next: what is so blurred needs no 25 a second. */
const EVERY = 250;
const FILLS = { position: "absolute", inset: "0", width: "100%", height: "100%", objectFit: "cover" };

/** In pixels of the small picture. */
const BLUR = 4;
const LOOK = `blur(${BLUR}px) brightness(0.55)`;
/** The same where a canvas has no filter (Safari before 18), in pixels of the page; beyond the edge by its reach. */
const LOOK_ON_PAGE = {
  inset: "-60px",
  width: "calc(100% + 120px)",
  height: "calc(100% + 120px)",
  filter: "blur(24px) brightness(0.55)",
};

/** A picture that the presenter chose; an address elsewhere would be asked by every viewer. */
const CHOSEN = /^(data:image\/|blob:)/;

/** @type {WeakMap<HTMLElement, () => void>} */ const ends = new WeakMap();

/**
 * Put a backdrop behind all else in `root`, which is positioned, in place of the one before. `value`: a colour of
 * CSS, or the `data:` or `blob:` URL of a picture; a blur is of the first video in `root`. What is no colour or no
 * such URL is as "none".
 * @param {HTMLElement} root
 * @param {{kind: BackdropKind, value?: string}} backdrop
 */
export function setBackdrop(root, { kind, value = "" }) {
  ends.get(root)?.();
  ends.delete(root);
  const box = document.createElement("div");
  box.className = "backdrop";
  box.setAttribute("aria-hidden", "true");
  Object.assign(box.style, FILLS, { overflow: "hidden", zIndex: "-1" });
  let end = () => {};
  if (kind === "color" && CSS.supports("color", value)) box.style.backgroundColor = value;
  else if (kind === "picture" && CHOSEN.test(value)) box.append(picture(value));
  else if (kind === "blur") end = blurred(root, box);
  else return;
  root.style.isolation = "isolate"; // behind all else in it, and before what is behind it
  root.prepend(box);
  ends.set(root, () => {
    end();
    box.remove();
  });
}

/** @param {string} url */
function picture(url) {
  const image = new Image();
  image.alt = "";
  image.src = url;
  Object.assign(image.style, FILLS);
  return image;
}

/**
 * Show the root's video in `box`, blurred and dark; returns what ends it.
 * @param {HTMLElement} root @param {HTMLElement} box
 */
function blurred(root, box) {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { alpha: false });
  // On the page, it is blurred anew with each picture of the video before it. Without a GPU that took 75 % of a core
  // at 960 x 720, and this takes 4 %.
  const isBlurredHere = context !== null && "filter" in context;
  Object.assign(canvas.style, FILLS, isBlurredHere ? {} : LOOK_ON_PAGE);
  box.append(canvas);
  const draw = () => {
    const video = root.querySelector("video");
    if (!video?.videoWidth || document.hidden) return;
    const height = Math.round((SMALL * video.videoHeight) / video.videoWidth);
    if (canvas.width !== SMALL || canvas.height !== height) Object.assign(canvas, { width: SMALL, height });
    if (!context) return;
    if (isBlurredHere) context.filter = LOOK;
    // The blur fades at the edge, which is left out.
    context.drawImage(video, -2 * BLUR, -2 * BLUR, SMALL + 4 * BLUR, height + 4 * BLUR);
  };
  const timer = setInterval(draw, EVERY);
  draw();
  return () => clearInterval(timer);
}
