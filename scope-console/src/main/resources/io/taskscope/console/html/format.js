'use strict';
/* How numbers and elements are made. Text only ever becomes text nodes. */
const SVG = 'http://www.w3.org/2000/svg';

/* Characters that would hide or reorder the text around them are shown by their number. */
function visible(text) { return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, c => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0')); }
function clip(text, most = 160) { return text.length > most ? text.slice(0, most) + '…' : text; }

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value !== false && value !== undefined && value !== null) element.setAttribute(key, value === true ? '' : key === 'title' || key === 'aria-label' ? visible(value) : value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) element.append(child instanceof Node ? child : visible(String(child)));
  }
  return element;
}

function h(name, attributes, ...children) { return fill(document.createElement(name), attributes, children); }
function s(name, attributes, ...children) { return fill(document.createElementNS(SVG, name), attributes, children); }
function sized(element, styles) { Object.assign(element.style, styles); return element; }
function body(id) { return document.querySelector('#' + id + ' .body'); }

function digits(value) { return value < 9.995 ? value.toFixed(2) : value < 99.95 ? value.toFixed(1) : value.toFixed(0); }
function count(n) { return String(n).replace(/\B(?=(\d{3})+$)/g, '\u202f'); }
function time(n) {
  if (n < 0) return '-' + time(-n);
  if (n < 1e3) return n + ' ns';
  if (n < 999500) return digits(n / 1e3) + ' µs';
  if (n < 999.5e6) return digits(n / 1e6) + ' ms';
  if (n < 60e9) return digits(n / 1e9) + ' s';
  const seconds = Math.round(n / 1e9);
  if (seconds < 3600) return Math.floor(seconds / 60) + ' m ' + String(seconds % 60).padStart(2, '0') + ' s';
  return Math.floor(seconds / 3600) + ' h ' + String(Math.floor(seconds / 60) % 60).padStart(2, '0') + ' m';
}
function bytes(n) {
  if (n < 1000) return n + ' B';
  const units = ['kB', 'MB', 'GB', 'TB', 'PB'];
  let value = n, unit = -1;
  while (value >= 999.5 && unit < units.length - 1) { value /= 1000; unit++; }
  return digits(value) + ' ' + units[unit];
}
function percent(part, whole) {
  if (!(whole > 0)) return '-';
  const share = 100 * part / whole;
  return share > 0 && share < 0.1 ? '<0.1 %' : share.toFixed(share < 9.95 ? 1 : 0) + ' %';
}
function amount(n, unit) { return unit === 'nanoseconds' ? time(n) : unit === 'bytes' ? bytes(n) : count(n) + ' ' + unit; }
function stack(frames) {
  if (!frames.length) return null;
  return h('details', {}, h('summary', {}, frames.length + (frames.length === 1 ? ' frame' : ' frames')), h('pre', {}, frames.map(f => 'at ' + f).join('\n')));
}
function splitBar(t) {
  const total = t.runningNanos + t.queuedNanos + t.parkedNanos;
  const parts = [['running', t.runningNanos], ['queued', t.queuedNanos], ['parked', t.parkedNanos]];
  const label = total ? parts.map(([n, v]) => n + ' ' + percent(v, total)).join(', ') : 'no time';
  return h('div', {class: 'split', role: 'img', 'aria-label': label, title: label},
    parts.filter(p => p[1] > 0).map(([name, value]) => sized(h('i', {class: name}), {flex: value / total + ' 0 0'})));
}

/* A table whose columns sort; columns are [heading, cell, key, class]. Of many rows it shows the first only, until asked for all. */
function table(label, columns, rows, first, most = 15) {
  const tbody = h('tbody');
  let sorted = first, down = true, all = rows.length <= most + 5;
  const heads = columns.map(([name, , key, cls], i) => h('th', {scope: 'col', class: cls},
    key ? h('button', {type: 'button', onclick: () => { down = sorted === i ? !down : typeof key(rows[0]) === 'number'; sorted = i; draw(); }}, name) : name));
  const more = h('button', {type: 'button', class: 'all', onclick: () => { all = true; more.remove(); draw(); }}, 'Show all ' + count(rows.length));
  function draw() {
    const key = columns[sorted][2];
    const order = rows.slice().sort((a, b) => {
      const x = key(a), y = key(b);
      return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
    });
    heads.forEach((th, i) => i === sorted ? th.setAttribute('aria-sort', down ? 'descending' : 'ascending') : th.removeAttribute('aria-sort'));
    tbody.replaceChildren(...(all ? order : order.slice(0, most)).map(row => h('tr', {}, columns.map(([, cell, , cls]) => h('td', {class: cls}, cell(row))))));
  }
  draw();
  return h('div', {}, h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label}, h('table', {}, h('thead', {}, h('tr', {}, heads)), tbody)), all ? null : more);
}
