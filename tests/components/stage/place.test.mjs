import assert from "node:assert/strict";
import test, { beforeEach, mock } from "node:test";

import { Place, mounted } from "../../../components/stage/js/place.js";

/** As much of an element as a place needs: a root that may lie in a parent. */
class Part {
  /** @type {Part | null} */ parent = null;
  /** @type {Part | null} */ root = null;

  querySelector() {
    return this.root;
  }

  cloneNode() {
    return new Part();
  }

  /** @param {Part} other */
  replaceWith(other) {
    const parent = this.parent;
    if (other.parent) other.parent.root = null;
    [this.parent, other.parent] = [null, parent];
    if (parent) parent.root = other;
  }
}

/** @returns {any} a parent with Streamlit's HTML in it */
function parentElement() {
  const parent = new Part();
  parent.root = new Part();
  parent.root.parent = parent;
  return parent;
}

/** @type {Map<string, {place: Place, close: () => void}>} */
let components;

/** @param {string} channel @param {any} parent */
const mount = (channel, parent) =>
  mounted(components, channel, parent, () => {
    const close = () => {
      components.delete(channel);
      place.leave();
    };
    const place = new Place(parent, ".any", close);
    return { place, close };
  });

beforeEach(() => {
  components = new Map();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("a component that is mounted again goes on in its new parent", () => {
  const [first, second] = [parentElement(), parentElement()];
  const { place } = mount("a", first);
  assert.equal(place.attach(first), false);
  assert.equal(place.detach(first), true);
  assert.equal(place.isDetached, true);
  mock.timers.tick(4999);
  assert.equal(mount("a", second).place, place);
  assert.equal(place.attach(second), true);
  assert.equal(second.root, place.root);
  assert.equal(place.detach(first), false);
  assert.equal(place.isDetached, false);
  mock.timers.tick(5001);
  assert.equal(components.size, 1);
});

test("one that is not mounted again is gone", () => {
  const parent = parentElement();
  const { place } = mount("a", parent);
  place.attach(parent);
  place.detach(parent);
  mock.timers.tick(5000);
  assert.equal(components.size, 0);
  assert.notEqual(parent.root, place.root);
});

test("one of another channel takes its place", () => {
  const [parent, elsewhere] = [parentElement(), parentElement()];
  const before = mount("a", parent).place;
  mount("b", elsewhere);
  mount("c", parent);
  assert.deepEqual([...components.keys()], ["b", "c"]);
  assert.notEqual(parent.root, before.root);
});
