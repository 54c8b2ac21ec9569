/** Draws a `<video>` without its green ground onto a canvas (chroma key), by WebGL2. */

import { borderOf, FAR, groundOf, NEAR, YCC } from "./key_colour.js";

/** @typedef {import("./key_colour.js").Colour} Colour */

/** Milliseconds from one look at the ground's colour to the next, where there is one and where there is none yet. */
const LOOK_EVERY = { keyed: 1000, whole: 200 };
/** The side of the small picture by which it is measured. */
const SMALL = 48;

const vec3 = (/** @type {readonly number[]} */ numbers) => `vec3(${numbers.map((n) => n.toFixed(6)).join(", ")})`;

const CORNERS = `#version 300 es
out vec2 at;
void main() {
  at = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0;
  gl_Position = vec4(at * 2.0 - 1.0, 0.0, 1.0);
}`;

/** The first pass: `matte` of key_colour.js for each pixel. */
const MATTE = `#version 300 es
precision highp float;
uniform sampler2D picture;
uniform vec3 ground;
in vec2 at;
out vec4 result;
vec2 chroma(vec3 rgb) { return vec2(dot(rgb, ${vec3(YCC[1])}), dot(rgb, ${vec3(YCC[2])})); }
void main() {
  vec2 key = chroma(ground);
  float far = distance(chroma(texture(picture, at).rgb), key) / length(key);
  result = vec4(smoothstep(${NEAR.toFixed(6)}, ${FAR.toFixed(6)}, far));
}`;

/**
 * The second pass: `withoutGround` of key_colour.js. A texture is smooth between its pixels, so that four places
 * half a pixel aside are the mean of 3 x 3 pixels, the middle one weighing most. What is an edge is seen further
 * away: a video has one colour for 2 x 2 pixels, and the ground's reaches into the person.
 */
const DRAW = `#version 300 es
precision highp float;
uniform sampler2D picture;
uniform sampler2D matte;
uniform vec3 ground;
uniform bool isKeyed;
in vec2 at;
out vec4 result;
float around(vec2 aside) {
  return texture(matte, at + aside).r + texture(matte, at - aside).r
    + texture(matte, at + vec2(aside.x, -aside.y)).r + texture(matte, at - vec2(aside.x, -aside.y)).r;
}
void main() {
  vec3 rgb = texture(picture, at).rgb;
  vec2 one = 1.0 / vec2(textureSize(matte, 0));
  float alpha = isKeyed ? around(0.5 * one) / 4.0 : 1.0;
  vec3 rest = clamp(rgb - (1.0 - alpha) * ground, 0.0, alpha);
  if (isKeyed && around(2.5 * one) < 3.99) rest.g = min(rest.g, max(rest.r, rest.b));
  result = vec4(rest, alpha);
}`;

export class Keyed {
  /** The browser has no WebGL2, or may not read the video: the canvas is hidden, show the video itself. */
  failed = false;
  /** The video has a green ground, which is not drawn; another picture is drawn whole. */
  isKeyed = false;
  #video;
  #canvas;
  #given;
  #onChange;
  /** @type {Colour | null} */ #ground = null;
  #lookedAt = -Infinity;
  #small;
  /** @type {Drawing | null} */ #drawing = null;
  /** @type {(() => void) | null} */ #cancel = null;

  /**
   * @param {HTMLVideoElement} video
   * @param {HTMLCanvasElement} canvas gets the size of the video
   * @param {object} [options]
   * @param {Colour} [options.color] the ground's: red, green and blue, 0 to 1; else it is measured
   * @param {() => void} [options.onChange] `isKeyed` or `failed` has changed
   */
  constructor(video, canvas, { color, onChange = () => {} } = {}) {
    this.#video = video;
    this.#canvas = canvas;
    this.#given = color ?? null;
    this.#onChange = onChange;
    const small = Object.assign(document.createElement("canvas"), { width: SMALL, height: SMALL });
    this.#small = small.getContext("2d", { willReadFrequently: true });
    // A lost context comes back, as after the computer slept, and then all is made anew.
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this.#drawing = null;
      this.#fail();
    });
    canvas.addEventListener("webglcontextrestored", () => this.#begin());
    this.#begin();
  }

  /** Draw each picture of the video from now on, and the one that is there. */
  start() {
    if (this.#cancel) return;
    this.#draw();
    this.#cancel = eachPicture(this.#video, () => this.#draw());
  }

  /** Draw no more; the last picture stays. */
  stop() {
    this.#cancel?.();
    this.#cancel = null;
  }

  #begin() {
    try {
      this.#drawing = new Drawing(this.#canvas);
    } catch {
      this.#fail();
      return;
    }
    this.#canvas.hidden = this.failed = false;
    this.#onChange();
  }

  #fail() {
    this.#canvas.hidden = this.failed = true;
    this.isKeyed = false;
    this.#onChange();
  }

  #draw() {
    const { videoWidth: width, videoHeight: height, readyState } = this.#video;
    if (!this.#drawing || !width || readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    try {
      this.#look();
      this.#drawing.draw(this.#video, width, height, this.#ground);
    } catch {
      // Another site's video may not be read.
      this.#drawing = null;
      this.#fail();
    }
  }

  /** Measure the ground's colour now and then: the video may have begun black, or shows another avatar. */
  #look() {
    const now = performance.now();
    if (now - this.#lookedAt < (this.isKeyed ? LOOK_EVERY.keyed : LOOK_EVERY.whole)) return;
    this.#lookedAt = now;
    this.#ground = this.#given ?? this.#measured();
    const isKeyed = this.#ground !== null;
    if (isKeyed === this.isKeyed) return;
    this.isKeyed = isKeyed;
    this.#onChange();
  }

  #measured() {
    if (!this.#small) return null;
    this.#small.drawImage(this.#video, 0, 0, SMALL, SMALL);
    const { data } = this.#small.getImageData(0, 0, SMALL, SMALL);
    return groundOf(borderOf(data, SMALL, SMALL), this.#ground);
  }
}

/**
 * Call `then` for each new picture of a video; returns what ends it.
 * @param {HTMLVideoElement} video @param {() => void} then
 */
function eachPicture(video, then) {
  let id = 0;
  if ("requestVideoFrameCallback" in video) {
    const next = () => {
      id = video.requestVideoFrameCallback(next);
      then();
    };
    id = video.requestVideoFrameCallback(next);
    return () => video.cancelVideoFrameCallback(id);
  }
  const late = /** @type {HTMLVideoElement} */ (video);
  let shown = -1;
  const next = () => {
    id = requestAnimationFrame(next);
    if (late.currentTime === shown) return;
    shown = late.currentTime;
    then();
  };
  id = requestAnimationFrame(next);
  return () => cancelAnimationFrame(id);
}

/** The two passes, on one canvas. */
class Drawing {
  #gl;
  #canvas;
  #matte;
  #draw;
  #textures;
  #buffer;

  /** Throws where there is no WebGL2. @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    const gl = canvas.getContext("webgl2", { antialias: false, depth: false, powerPreference: "low-power" });
    if (!gl) throw new Error("no WebGL2");
    this.#gl = gl;
    this.#canvas = canvas;
    this.#matte = program(gl, MATTE);
    this.#draw = program(gl, DRAW);
    this.#textures = { picture: texture(gl, 0), matte: texture(gl, 1) };
    this.#buffer = gl.createFramebuffer();
    // A video's first row is the upper one, WebGL's the lower one.
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, true);
    this.#size(1, 1);
  }

  /** @param {HTMLVideoElement} video @param {number} width @param {number} height @param {Colour | null} ground */
  draw(video, width, height, ground) {
    const gl = this.#gl;
    if (this.#canvas.width !== width || this.#canvas.height !== height) this.#size(width, height);
    gl.viewport(0, 0, width, height);
    gl.activeTexture(gl.TEXTURE0);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, video);
    if (ground) {
      gl.bindFramebuffer(gl.FRAMEBUFFER, this.#buffer);
      this.#pass(this.#matte, ground);
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    this.#pass(this.#draw, ground);
  }

  /** @param {WebGLProgram} program @param {Colour | null} ground */
  #pass(program, ground) {
    const gl = this.#gl;
    const place = (/** @type {string} */ name) => gl.getUniformLocation(program, name);
    gl.useProgram(program);
    gl.uniform1i(place("matte"), 1);
    gl.uniform1i(place("isKeyed"), ground ? 1 : 0);
    gl.uniform3f(place("ground"), ...(ground ?? /** @type {const} */ ([0, 0, 0])));
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** @param {number} width @param {number} height */
  #size(width, height) {
    const gl = this.#gl;
    this.#canvas.width = width;
    this.#canvas.height = height;
    gl.activeTexture(gl.TEXTURE1);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, width, height, 0, gl.RED, gl.UNSIGNED_BYTE, null);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#buffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.#textures.matte, 0);
  }
}

/** @param {WebGL2RenderingContext} gl @param {number} unit */
function texture(gl, unit) {
  const made = gl.createTexture();
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(gl.TEXTURE_2D, made);
  for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
  for (const way of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, way, gl.LINEAR);
  return made;
}

/** @param {WebGL2RenderingContext} gl @param {string} pixels the fragment shader */
function program(gl, pixels) {
  const made = gl.createProgram();
  for (const [kind, source] of /** @type {const} */ ([[gl.VERTEX_SHADER, CORNERS], [gl.FRAGMENT_SHADER, pixels]])) {
    const shader = /** @type {WebGLShader} */ (gl.createShader(kind));
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(made) ?? "not linked");
  return made;
}
