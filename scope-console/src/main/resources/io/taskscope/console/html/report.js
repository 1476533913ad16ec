/* Puts the report on the page, the findings first. */
(function () {
  const report = JSON.parse(document.getElementById('data').textContent);
  const r = report.recording;
  document.title = visible(r.file) + ' · Taskscope report';
  document.getElementById('title').textContent = visible(r.file);
  document.getElementById('facts').append(...[time(r.durationNanos) + ' from ' + r.start.replace('T', ' ').replace('Z', ' UTC'), bytes(r.bytes), count(r.events) + ' events, ' + count(r.taskscopeEvents) + ' of Taskscope', 'agent ' + (r.agent || 'not told'), r.jvm.split(', built on')[0]].filter(Boolean).map(t => h('span', {}, t)));

  const findings = body('findings'), minor = report.findings.filter(f => f.severity === 'info'), major = report.findings.filter(f => f.severity !== 'info');
  const finding = f => h('article', {class: 'finding ' + f.severity, 'data-kind': f.kind},
    h('p', {}, h('span', {class: 'severity'}, {error: '✖ ', warning: '▲ ', info: 'ℹ '}[f.severity] + f.severity), clip(f.sentence, 1000)),
    Object.keys(f.evidence).length ? h('dl', {class: 'evidence'}, Object.entries(f.evidence).map(([k, v]) => h('div', {}, h('dt', {}, k), h('dd', {}, v)))) : null,
    f.tasks.length ? h('details', {}, h('summary', {}, f.tasks.length === 1 ? '1 task' : f.tasks.length + ' tasks'), h('pre', {}, f.tasks.map(t => t.id + '  ' + time(t.ageNanos) + '  ' + t.path + '  ' + t.name).join('\n'))) : null,
    stack(f.stack));
  const many = (n, one) => n + ' ' + one + (n === 1 ? '' : 's');
  findings.append(report.findings.length ? h('p', {class: 'hint'}, ['error', 'warning'].map(level => many(major.filter(f => f.severity === level).length, level)).join(', ') + ', ' + minor.length + ' for information') : h('p', {class: 'none'}, 'None.'), ...major.map(finding));
  if (minor.length) findings.append(h('details', {class: 'minor', open: major.length + minor.length <= 6}, h('summary', {}, minor.length + ' for information'), minor.map(finding)));

  drawTree(report);
  drawTimeline(report);
  drawFlames(report);

  const tasks = [...report.slowestTasks, ...report.liveTasks];
  body('tasks').append(tasks.length ? table('Slowest and live tasks', [
    ['Task', t => [clip(t.name), h('div', {class: 'tag'}, clip(t.path))], t => t.path + t.name, 'wide'], ['Id', t => t.id, t => t.id, 'narrow-off'], ['Total', t => time(t.ageNanos), t => t.ageNanos],
    ['Split', t => splitBar(t), null, 'left'], ['Running', t => time(t.runningNanos), t => t.runningNanos, 'narrow-off'], ['Queued', t => time(t.queuedNanos), t => t.queuedNanos, 'narrow-off'], ['Parked', t => time(t.parkedNanos), t => t.parkedNanos, 'narrow-off'],
    ['Steps', t => count(t.steps), t => t.steps, 'narrow-off'], ['Outcome', t => t.errorClass ? h('span', {class: 'bad', title: t.errorClass}, t.outcome) : t.outcome, t => t.outcome]], tasks, 2) : h('p', {class: 'none'}, 'No task ended or lived.'));

  /* The frame that called what waits: the first that is not the JDK's or Taskscope's. */
  const caller = w => w.stack.find(f => !/^((java|javax|jdk|sun)\.|io\.taskscope\.([A-Z]|agent\.|jfr\.|internal\.))/.test(f));
  body('waits').append(report.waits.length ? table('Longest waits', [
    ['Where', w => [w.reason + (w.blocker ? ' for ' + w.blocker : ''), h('div', {class: 'tag'}, clip(w.path), caller(w) ? ' at ' + caller(w) : ''), stack(w.stack)], w => w.path, 'wide'],
    ['Together', w => time(w.nanos), w => w.nanos], ['Waits', w => count(w.count), w => w.count], ['Longest', w => time(w.maxNanos), w => w.maxNanos], ['By task', w => w.longestTask, w => w.longestTask, 'narrow-off']], report.waits, 1) : h('p', {class: 'none'}, 'No wait was recorded. Waits are measured by the Taskscope agent.'));

  const shutdown = body('shutdown');
  shutdown.append(report.shutdowns.length ? table('Phases of shutdowns', [
    ['Scope', p => clip(p.path), p => p.path, 'wide'], ['Phase', p => p.phase, p => p.phase], ['At', p => '+' + time(p.startNanos), p => -p.startNanos, 'narrow-off'], ['Took', p => time(p.nanos), p => p.nanos],
    ['Result', p => h('span', {class: p.result === 'abandoned' ? 'bad' : ''}, p.result), p => p.result], ['Began with', p => count(p.atStart), p => p.atStart, 'narrow-off'], ['Left', p => count(p.atEnd), p => p.atEnd]], report.shutdowns, 2, 40) : h('p', {class: 'none'}, 'No scope was shut down.'));
  for (const a of report.abandoned.slice(0, 20)) shutdown.append(h('article', {class: 'finding error'}, h('p', {}, h('span', {class: 'severity'}, 'abandoned'), 'task ' + a.id + ' "' + clip(a.name) + '" of ' + a.path + ', ' + time(a.ageNanos) + ' old' + (a.endedLater ? ', ended later' : ', still running at the end')), stack(a.stack)));

  body('unknown').append(report.unknown.length ? h('ul', {}, report.unknown.map(u => h('li', {class: u.serious ? 'serious' : ''}, u.sentence))) : h('p', {class: 'none'}, 'Nothing that is known of.'));
  document.documentElement.dataset.ready = 'true';
})();
