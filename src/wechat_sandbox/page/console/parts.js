// @ts-check
/** Pieces that several sections share: headings, forms, dialogs, tables that keep still when nothing changed. */

import { attempt, fill, h, icon } from '../dom.js';
import { t } from '../words.js';

/** @typedef {import('../dom.js').Child} Child */

/** @param {string} title @param {string} about @param {...Child} tools */
export function head(title, about, ...tools) {
  return h('div', { class: 'head' }, h('div', {}, h('h2', {}, title), h('p', { class: 'muted' }, about)), h('div', { class: 'row' }, tools));
}

/** @param {string} text @param {'good' | 'bad' | 'warn' | 'plain' | 'blue'} [tone] */
export function tag(text, tone = 'plain') {
  return h('span', { class: `tag ${tone}` }, text);
}

/** @param {string} text @param {string} [next] */
export function empty(text, next) {
  return h('div', { class: 'empty' }, h('p', {}, text), next ? h('p', { class: 'muted' }, next) : null);
}

/** Calls `draw` with rows only when they are not the ones already drawn.
 * @template Row @param {(rows: Row) => void} draw @returns {(rows: Row) => void} */
export function whenChanged(draw) {
  let drawn = '';
  return (rows) => {
    const text = JSON.stringify(rows);
    if (text === drawn) return;
    drawn = text;
    draw(rows);
  };
}

/** @typedef {{name: string, label: string, type?: string, value?: string, options?: readonly (readonly [string, string])[], hint?: string, required?: boolean, list?: string, rows?: number}} Field */

/** One labelled input. @param {Field} field */
export function input(field) {
  const id = `f-${field.name}-${Math.random().toString(36).slice(2, 7)}`;
  const shared = { id, name: field.name, required: field.required, 'aria-describedby': field.hint ? `${id}-hint` : undefined };
  const control = field.options
    ? h('select', shared, field.options.map(([value, text]) => h('option', { value, selected: value === field.value }, text)))
    : field.rows
      ? h('textarea', { ...shared, rows: field.rows, class: 'mono', spellcheck: 'false' }, field.value ?? '')
      : h('input', { ...shared, type: field.type ?? 'text', value: field.value ?? '', list: field.list, autocomplete: 'off', spellcheck: 'false', step: field.type === 'number' ? 'any' : undefined });
  return h('label', { class: 'field', for: id }, h('span', {}, field.label), control, field.hint ? h('small', { id: `${id}-hint`, class: 'muted' }, field.hint) : null);
}

/** A form that sends its values as strings; it stays open while it is refused.
 * @param {readonly Field[]} fields @param {string} verb @param {(values: Record<string, string>) => Promise<unknown>} send @param {string} [test] */
export function form(fields, verb, send, test) {
  const button = h('button', { class: 'button primary', type: 'submit' }, verb);
  return h('form', {
    class: 'form',
    data: { test: test ?? 'form' },
    onsubmit: async (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const sent = /** @type {HTMLFormElement} */ (event.currentTarget);
      const values = Object.fromEntries([...new FormData(sent)].map(([name, value]) => [name, String(value).trim()]));
      button.disabled = true;
      await attempt(() => send(values));
      button.disabled = false;
    },
  }, fields.map(input), h('div', { class: 'form-end' }, button));
}

/** Opens a dialog with `content`; Escape and the cross close it. A wide one sets its fields in two columns.
 * @param {string} title @param {(close: () => void) => Child} content @param {{wide?: boolean}} [how] */
export function dialog(title, content, { wide = false } = {}) {
  const box = h('dialog', { class: 'dialog', 'data-wide': wide, 'aria-label': title, onclose: () => box.remove() });
  const close = () => box.close();
  fill(box,
    h('div', { class: 'dialog-head' }, h('h3', {}, title), h('button', { type: 'button', class: 'copy', 'aria-label': t('close'), onclick: close }, icon('close'))),
    content(close));
  document.body.append(box);
  box.showModal();
}

/** JSON set out in lines; anything else as it is. @param {string} text */
export function pretty(text) {
  const [query, ...rest] = text.split('\n');
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    const body = rest.join('\n');
    try {
      return `${query ? `${query}\n\n` : ''}${JSON.stringify(JSON.parse(body), null, 2)}`;
    } catch {
      return text;
    }
  }
}

/** A table with a caption for screen readers. @param {string} caption @param {readonly string[]} columns @param {HTMLTableSectionElement} body */
export function table(caption, columns, body) {
  return h('div', { class: 'table' }, h('table', {},
    h('caption', { class: 'sr' }, caption),
    h('thead', {}, h('tr', {}, columns.map((name) => h('th', { scope: 'col' }, name)))),
    body));
}
