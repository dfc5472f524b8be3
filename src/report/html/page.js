
'use strict';
(() => {
  const form = document.getElementById('filter');
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const fold = (open) => all('.rule').forEach((rule) => { rule.open = open; });

  if (form) {
    const { text: search, impact, shown, fold: foldAll, unfold: unfoldAll } = form.elements;
    const levels = all('[name=level]', form);
    const rules = all('.rule').map((rule) => ({
      rule,
      items: rule.matches('.item') ? [rule] : all('.item', rule),
    }));
    const texts = new Map();
    const textOf = (item) => {
      if (!texts.has(item)) {
        const id = item.closest('.rule').querySelector('.id').textContent;
        texts.set(item, `${id} ${item.textContent}`.toLowerCase());
      }
      return texts.get(item);
    };
    const filter = () => {
      const wanted = new Set(levels.filter((box) => box.checked).map((box) => box.value));
      const words = search.value.trim().toLowerCase();
      let count = 0;
      let total = 0;
      for (const { rule, items } of rules) {
        let visible = 0;
        for (const item of items) {
          const fits = wanted.has(item.dataset.level)
            && (!impact.value || item.dataset.impact === impact.value)
            && (!words || textOf(item).includes(words));
          item.hidden = !fits;
          visible += fits;
        }
        rule.hidden = visible === 0;
        if (words && visible) {
          rule.open = true;
        }
        count += visible;
        total += items.length;
      }
      for (const group of all('.group')) {
        group.hidden = !group.querySelector('.rule:not([hidden])');
      }
      shown.value = count === total ? '' : `${count} of ${total} findings`;
    };
    form.addEventListener('input', filter);
    form.addEventListener('submit', (event) => event.preventDefault());
    foldAll.addEventListener('click', () => fold(false));
    unfoldAll.addEventListener('click', () => fold(true));
    form.hidden = false;
    filter();
  }

  for (const command of all('.command')) {
    const code = command.querySelector('code');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
      getSelection().selectAllChildren(code);
      try {
        await navigator.clipboard.writeText(code.textContent);
      } catch {
        document.execCommand('copy');
      }
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = 'Copy'; }, 2000);
    });
    command.append(button);
  }

  // What a link leads to is shown, whatever is folded or filtered around it.
  addEventListener('hashchange', () => {
    const target = document.getElementById(location.hash.slice(1));
    for (let at = target; at; at = at.parentElement) {
      at.hidden = false;
      if (at.matches('details')) {
        at.open = true;
      }
    }
  });
  addEventListener('beforeprint', () => fold(true));
})();
