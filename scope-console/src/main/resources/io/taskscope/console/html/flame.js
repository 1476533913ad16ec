/* An icicle of the stacks of a scope. Only what is wide enough to be seen becomes an element. */
function drawFlames(report) {
  const target = body('flame'), kinds = ['cpu', 'allocation', 'parked'].filter(k => Object.keys(report.flames[k].trees).length);
  if (!kinds.length) { target.append(h('p', {class: 'none'}, 'The recording has no stacks of processor time, allocation or waits.')); return; }
  const label = {cpu: 'CPU', allocation: 'Allocation', parked: 'Parked time'}, ROW = 20, MIN = 0.0012;
  const names = report.flames.names;
  const kind = h('select', {'aria-label': 'What the stacks are weighed by', onchange: () => { paths(); show(); }}, kinds.map(k => h('option', {value: k}, label[k])));
  const path = h('select', {'aria-label': 'Scope', onchange: show});
  const chart = h('div', {class: 'icicle', role: 'tree', 'aria-label': 'Stacks'}), where = h('p', {class: 'where', 'aria-live': 'polite'});
  let root, zoom, trail, total, cells;

  function merged(trees) { return [-1, Object.values(trees).reduce((n, t) => n + t[1], 0), ...Object.values(trees).sort((a, b) => b[1] - a[1])]; }
  function paths() {
    const trees = report.flames[kind.value].trees, sorted = Object.entries(trees).sort((a, b) => b[1][1] - a[1][1]);
    path.replaceChildren(h('option', {value: ''}, 'All scopes'), ...sorted.map(([p, t]) => h('option', {value: p}, p + '  (' + amount(t[1], report.flames[kind.value].unit) + ')')));
  }
  function show() {
    const trees = report.flames[kind.value].trees;
    root = path.value ? trees[path.value] : merged(trees);
    total = root[1]; trail = []; zoom = root;
    draw(false);
  }
  function nameOf(node) { return node[0] < 0 ? 'all scopes' : names[node[0]]; }
  function draw(focus) {
    cells = [];
    let depth = 0;
    const wide = chart.clientWidth || 1000;
    chart.replaceChildren();
    const put = (node, from, share, level, parent, isTrail) => {
      if (share < MIN || level > 90) return;
      depth = Math.max(depth, level);
      const name = nameOf(node), text = name.replace(/\$\$Lambda\.0x[0-9a-f]+/, '$$$$Lambda').split('.').slice(-2).join('.');
      const cls = 'frame' + (level === 0 || name.startsWith('/') || name === '(no task)' ? ' root' : /^(java|jdk|sun|javax)\./.test(name) ? ' jdk' : '');
      const said = name + ', ' + amount(node[1], report.flames[kind.value].unit) + ', ' + percent(node[1], total);
      const el = h('div', {class: cls, role: 'treeitem', tabindex: cells.length ? '-1' : '0', 'aria-label': said, 'aria-level': level + 1, title: said}, share * wide > 34 ? (name.startsWith('/') ? name : text) : '');
      const cell = {el, node, level, parent, from, isTrail};
      sized(el, {left: from * 100 + '%', width: share * 100 + '%', top: level * ROW + 'px'});
      el.addEventListener('focus', () => { where.textContent = said; });
      el.addEventListener('mouseenter', () => { where.textContent = said; });
      el.addEventListener('click', () => into(cell));
      el.addEventListener('keydown', e => key(e, cell));
      cells.push(cell);
      chart.append(el);
      let at = from;
      if (!isTrail) for (let i = 2; i < node.length; i++) { const part = share * node[i][1] / node[1]; put(node[i], at, part, level + 1, cell, false); at += part; }
      return cell;
    };
    let parent = null;
    trail.forEach((node, i) => { parent = put(node, 0, 1, i, parent, true); });
    const top = put(zoom, 0, 1, trail.length, parent, false);
    chart.style.height = (depth + 1) * ROW + 'px';
    if (focus) move(top);
    where.textContent = top.el.title;
  }
  function into(cell) {
    if (cell.isTrail) { trail = trail.slice(0, trail.indexOf(cell.node)); zoom = cell.node; }
    else {
      const up = [];
      for (let c = cell.parent; c && !c.isTrail; c = c.parent) up.unshift(c.node);
      trail = [...trail, ...up]; zoom = cell.node;
    }
    draw(true);
  }
  function move(cell) { if (!cell) return; cells.forEach(c => { c.el.tabIndex = -1; }); cell.el.tabIndex = 0; cell.el.focus(); }
  function key(e, cell) {
    const same = cells.filter(c => c.level === cell.level).sort((a, b) => a.from - b.from), at = same.indexOf(cell);
    if (e.key === 'ArrowDown') move(cells.find(c => c.parent === cell));
    else if (e.key === 'ArrowUp') move(cell.parent);
    else if (e.key === 'ArrowRight') move(same[at + 1]);
    else if (e.key === 'ArrowLeft') move(same[at - 1]);
    else if (e.key === 'Enter' || e.key === ' ') into(cell);
    else if (e.key === 'Escape' && trail.length) { zoom = trail.pop(); draw(true); }
    else return;
    e.preventDefault();
  }
  paths();
  target.append(h('div', {class: 'controls'}, kind, path), where, h('div', {class: 'tall'}, chart));
  show();
}
