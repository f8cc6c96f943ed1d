// @ts-check
/** A person's phone beside the sections: the same page as `/_sandbox/phone`, in a frame. */

import { byId, fill, h, icon } from '../dom.js';
import { t } from '../words.js';

export function dockedPhone() {
  return h('aside', { id: 'dock', class: 'dock', 'aria-label': t('phone'), hidden: true });
}

/** @param {string} person */
export function dockPhone(person) {
  const address = `phone?person=${encodeURIComponent(person)}`;
  const dock = byId('dock');
  fill(dock,
    h('div', { class: 'dock-head' },
      h('strong', {}, person),
      h('span', { class: 'grow' }),
      h('a', { class: 'button small', href: address, target: '_blank', rel: 'noopener' }, t('ownWindow')),
      h('button', { type: 'button', class: 'button small', onclick: () => { dock.hidden = true; }, 'aria-label': t('closePhone') }, icon('close'))),
    h('iframe', { src: address, title: t('phoneOf', { person }) }));
  dock.hidden = false;
}
