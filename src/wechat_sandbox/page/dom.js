// @ts-check
/** The few things every view needs of the DOM: making elements, telling the reader something, copying. */

import { t } from './words.js';

/** @typedef {Node | string | number | null | undefined | false | readonly unknown[]} Child Lists of children may be nested. */
/** @typedef {Record<string, unknown>} Props */

/**
 * An element. `on…` are listeners, `data` becomes data attributes, true and false set and leave out an attribute.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag @param {Props} [props] @param {...Child} children @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (name === 'data') Object.assign(element.dataset, value);
    else if (name === 'value') Reflect.set(element, 'value', value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  append(element, children);
  return element;
}

/** @param {Node} parent @param {readonly unknown[]} children */
function append(parent, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(parent, child);
    else parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** @param {Element} parent @param {...Child} children */
export function fill(parent, ...children) {
  parent.replaceChildren();
  append(parent, children);
}

/** @type {Record<string, string>} */
const ICONS = {
  copy: 'M9 9h10v11H9zM5 15V4h10',
  eye: 'M3 12c2.200-4 5.200-6 9-6s6.800 2 9 6c-2.200 4-5.200 6-9 6s-6.800-2-9-6ZM12 14.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z',
  pause: 'M9 6v12M15 6v12',
  play: 'M8 5.500v13l10.500-6.500z',
  theme: 'M12 4a8 8 0 1 0 0 16V4ZM12 4a8 8 0 0 1 0 16',
  close: 'M6 6l12 12M18 6 6 18',
  back: 'M14.500 5 8 12l6.500 7',
};

/** A line drawing: one of the known names, or a path of its own. @param {string} name */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', 'icon');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('d', ICONS[name] ?? name);
  svg.append(line);
  return svg;
}

/** The element of this id, which the page is known to have. @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no #${id}`);
  return element;
}

const SHOWN_MS = 4000;

/** Says something for a moment, to eyes and to screen readers. @param {string} text @param {{bad?: boolean}} [how] */
export function toast(text, { bad = false } = {}) {
  let room = document.querySelector('.toasts');
  if (!room) {
    room = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });
    document.body.append(room);
  }
  const note = h('div', { class: bad ? 'toast bad' : 'toast', data: { test: bad ? 'refusal' : 'toast' } }, text);
  room.append(note);
  setTimeout(() => note.remove(), bad ? SHOWN_MS * 2 : SHOWN_MS);
}

/** Runs an act of the reader; what it is refused with is shown in words. @param {() => Promise<unknown>} act */
export async function attempt(act) {
  try {
    await act();
    return true;
  } catch (refusal) {
    toast(refusal instanceof Error ? refusal.message : String(refusal), { bad: true });
    return false;
  }
}

/** A button whose act may be refused; it cannot be pressed twice at once.
 * @param {Child} label @param {() => Promise<unknown>} act @param {Props} [props] */
export function actButton(label, act, props = {}) {
  const button = h('button', {
    type: 'button',
    class: 'button',
    onclick: async () => {
      button.disabled = true;
      await attempt(act);
      button.disabled = false;
    },
    ...props,
  }, label);
  return button;
}

/** @param {string} text */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t('copied'));
  } catch {
    toast(t('copyByHand', { text }));
  }
}

/** A small button that copies. @param {string} text @param {string} what */
export function copyButton(text, what) {
  return h('button', { type: 'button', class: 'copy', title: t('copy'), 'aria-label': `${t('copy')} ${what}`, onclick: () => copy(text) }, icon('copy'));
}
