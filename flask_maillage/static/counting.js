// How long an answer is, said below it while it is written, as `calls/counting.py` counts. The node checks it anyway.
// A form says the words (`counts` in macros/forms.html), each `data-limit` a limit, `data-total-limit` that of all.
"use strict";

{
  const length = (text) =>
    [...text.replace(/\r\n?/g, "\n").normalize("NFC").replace(/^[ \t\n]+|[ \t\n]+$/g, "")].length;

  for (const form of document.querySelectorAll("form[data-counted]")) {
    const fields = [...form.querySelectorAll("[data-limit]")];
    const total = form.querySelector("[data-total]");
    const heard = Object.assign(document.createElement("p"), { className: "unseen" });
    const over = new Set();
    heard.setAttribute("role", "status");
    form.append(heard);

    // Readers of screens hear it when a limit is passed, and not with every letter.
    function say(line, name, count, limit) {
      const isOver = count > limit;
      const words = isOver ? form.dataset.tooLong : form.dataset.counted;
      line.textContent = words.replace("{count}", count).replace("{limit}", limit);
      line.className = isOver ? "field-error" : "field-help";
      if (isOver !== over.has(name)) heard.textContent = line.textContent;
      if (isOver) over.add(name); else over.delete(name);
      return isOver;
    }

    function lineOf(field) {
      const line = Object.assign(document.createElement("p"), { id: `${field.id}-count`, className: "field-help" });
      field.after(line);
      const described = field.getAttribute("aria-describedby");
      field.setAttribute("aria-describedby", described ? `${described} ${line.id}` : line.id);
      return line;
    }

    const lines = new Map(fields.map((field) => [field, lineOf(field)]));
    const refused = new Set(fields.filter((field) => field.getAttribute("aria-invalid") === "true"));

    function count(field) {
      const isOver = say(lines.get(field), field.id, length(field.value), Number(field.dataset.limit));
      if (!refused.has(field)) field.setAttribute("aria-invalid", String(isOver));
    }

    function countAll() {
      if (!total) return;
      const sum = fields.reduce((before, field) => before + length(field.value), 0);
      say(total, "total", sum, Number(form.dataset.totalLimit));
    }

    form.addEventListener("input", ({ target }) => {
      if (!lines.has(target)) return;
      count(target);
      countAll();
    });
    fields.forEach(count);
    countAll();
    heard.textContent = "";
  }
}
