// What a reader sees of the page, as one object.
(() => {
  const colour = (text) => text.match(/[\d.]+/g).map(Number);
  const luminance = ([red, green, blue]) => {
    const linear = [red, green, blue].map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const isClear = (background) => background.length > 3 && background[3] === 0;
  const background = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = colour(getComputedStyle(at).backgroundColor);
      if (!isClear(found)) {
        return found;
      }
    }
    return [255, 255, 255];
  };
  const contrast = (element) => {
    const text = luminance(colour(getComputedStyle(element).color));
    const behind = luminance(background(element));
    return (Math.max(text, behind) + 0.05) / (Math.min(text, behind) + 0.05);
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const pale = [];
  const small = [];
  const outside = [];
  let texts = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (!text || element.closest('script, style, option, .skip, thead') && !element.closest('.list, .matrix')
      || !element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true })) {
      continue;
    }
    texts += 1;
    const told = `${element.tagName}.${element.className}: ${text.slice(0, 40)}`;
    if (contrast(element) < 4.5) {
      pale.push(`${contrast(element).toFixed(2)} ${told}`);
    }
    if (parseFloat(getComputedStyle(element).fontSize) < 12) {
      small.push(told);
    }
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const { left, right } = range.getBoundingClientRect();
    if (!element.closest('.scroll') && (left < 0 || right > innerWidth + 1)) {
      outside.push(told);
    }
  }
  const verdict = document.querySelector('.verdict').getBoundingClientRect();
  return {
    texts,
    pale: pale.slice(0, 10),
    small: small.slice(0, 10),
    outside: outside.slice(0, 10),
    overflow: document.documentElement.scrollWidth - innerWidth,
    verdictInView: verdict.top >= 0 && verdict.bottom <= innerHeight && verdict.height > 0,
    background: getComputedStyle(document.body).backgroundColor,
  };
})()
