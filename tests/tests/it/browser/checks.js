// What can be checked of a page for everybody: an expression whose value is a list of faults.
(() => {
  const faults = [];
  const shown = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !one.closest(".away, .skip");
  const name = (one) => `${one.tagName.toLowerCase()}${one.id && `#${one.id}`}${one.className && `.${one.className}`} "${one.textContent.trim().slice(0, 30)}"`;

  // ---- structure ----
  if (!document.documentElement.lang) faults.push("the page has no language");
  if (!document.title) faults.push("the page has no title");
  for (const [selector, count] of [["h1", 1], ["main", 1], ["[aria-live], [role=alert]", null]]) {
    const found = document.querySelectorAll(selector).length;
    if (count === null ? found === 0 : found !== count) faults.push(`${found} of ${selector}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push(`two elements are ${id}`);
  for (const attribute of ["for", "aria-labelledby", "aria-describedby"]) {
    for (const one of document.querySelectorAll(`[${attribute}]`)) {
      for (const id of one.getAttribute(attribute).split(" ")) if (!ids.includes(id)) faults.push(`${attribute} leads to no ${id}`);
    }
  }
  let level = 0;
  for (const heading of [...document.querySelectorAll("h1, h2, h3, h4")].filter(shown)) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) faults.push(`${name(heading)} follows a heading of level ${level}`);
    level = own;
  }
  for (const one of document.querySelectorAll("[tabindex]")) if (one.tabIndex > 0) faults.push(`${name(one)} changes the order`);
  for (const image of document.querySelectorAll("img:not([alt])")) faults.push(`${name(image)} has no alternative`);
  for (const head of document.querySelectorAll("th:not([scope])")) faults.push(`${name(head)} heads nothing`);

  // ---- sizes ----
  if (document.documentElement.scrollWidth > innerWidth) faults.push(`the page is ${document.documentElement.scrollWidth} wide in ${innerWidth}`);
  for (const one of [...document.querySelectorAll("button, .button, select, summary, textarea, input")].filter(shown)) {
    const box = (one.type === "checkbox" ? one.closest("label") : one.type === "file" ? document.querySelector(`label[for=${one.id}]`) : one).getBoundingClientRect();
    if (box.height < 24 || box.width < 24) faults.push(`${name(one)} is ${box.width} by ${box.height}`);
  }

  // ---- contrast (WCAG 2.2, 1.4.3 and 1.4.11) ----
  const parse = (text) => {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
    const scale = text.startsWith("color(") ? 255 : 1;
    return [red * scale, green * scale, blue * scale, alpha];
  };
  const over = (front, back) => [0, 1, 2].map((at) => front[at] * front[3] + back[at] * (1 - front[3])).concat(1);
  const ground = (one) => {
    if (!one) return [255, 255, 255, 1];
    const own = parse(getComputedStyle(one).backgroundColor);
    return own[3] === 1 ? own : over(own, ground(one.parentElement));
  };
  const light = (color) => {
    const [red, green, blue] = color.map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ratio = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  let texts = 0;
  for (const one of document.querySelectorAll("body, body *")) {
    const says = [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    if (!says || !shown(one) || one.closest("[disabled], option")) continue;
    texts += 1;
    const back = ground(one);
    const found = ratio(over(parse(getComputedStyle(one).color), back), back);
    if (found < 4.5) faults.push(`${name(one)} has a contrast of ${found.toFixed(2)}`);
  }
  if (texts < 20) faults.push(`only ${texts} texts were looked at`);
  for (const one of [...document.querySelectorAll("button, .button, select, textarea, input[type=text], input[type=password], .formats label")].filter(shown)) {
    const edge = parse(getComputedStyle(one).borderTopColor);
    const found = ratio(over(edge, ground(one.parentElement)), ground(one.parentElement));
    if (found < 3) faults.push(`the edge of ${name(one)} has a contrast of ${found.toFixed(2)}`);
  }
  return faults;
})()
