(() => {
  // Moves between points that were evaluated when the page was made; the table of points has them all without this script.
  const numbers = (text) => text.split(" ").map(Number);
  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, "\u00a0");
  const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });

  const begin = (part) => {
    const rows = [...part.querySelector(".points").tBodies[0].rows];
    const labels = [...part.querySelector(".points").tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
    const controls = [...part.querySelectorAll("[data-rows]")];
    const beside = part.querySelector(".beside");
    const said = part.querySelector(".said");
    const cell = (row, place) => {
      const text = rows[row].cells[place + 1].textContent || rows[0].cells[place + 1].textContent;
      return text === "–" ? "" : text;
    };
    const declared = (row) => rows[row].cells[0].textContent;

    // What a control stands at: the points on both sides, or the one it is on, and how that is declared and shown.
    const slid = (control) => {
      const stops = numbers(control.dataset.rows);
      const steps = Number(control.max) / (stops.length - 1);
      const valueOf = (row) => {
        const text = row ? rows[row].dataset.value : control.dataset.today;
        return text ? Number(text) : NaN;
      };
      let at = Number(control.value) / steps;
      const low = Math.floor(at), share = at - low;
      const one = valueOf(stops[low]), other = valueOf(stops[Math.min(low + 1, stops.length - 1)]);
      if (share && one > 0 && other > 0) {
        const between = Number((one * Math.pow(other / one, share)).toPrecision(3));
        return { rows: [stops[low], stops[low + 1]], shown: grouped(between), declared: `--set ${control.dataset.fact}=${between}` };
      }
      const row = stops[Math.round(at)];
      return { rows: row ? [row] : [], shown: row ? rows[row].dataset.shown : control.dataset.shown, declared: declared(row) };
    };
    const switched = (control) => {
      const row = numbers(control.dataset.rows)[control.type === "checkbox" ? Number(control.checked) : control.selectedIndex];
      return { rows: row ? [row] : [], shown: "", declared: declared(row) };
    };

    const say = (moved, points) => {
      const sentence = (row) => `${cell(row, labels.indexOf("build"))}, ${cell(row, labels.indexOf("costs")) || "no cost"}`;
      if (!moved.length) return [`As declared: ${sentence(0)}.`];
      const command = element("code", `${part.dataset.command} ${moved.map((each) => each.declared).join(" ")}`);
      if (points.length === 1) return [`With ${moved[0].declared.replace("--set ", "")}: ${sentence(points[0])}. Exact.`];
      if (moved.length > 1) return ["Not exact: each is shown alone, together they were not evaluated. ", command, " answers it."];
      const same = sentence(points[0]).split(",")[0] === sentence(points[1]).split(",")[0];
      const words = same ? "on both sides the same is built, at other figures. " : "the answer turns somewhere between these two points. ";
      return [`Not exact at ${moved[0].shown}: ${words}`, command, " answers it."];
    };

    const draw = () => {
      const moved = [];
      for (const control of controls) {
        const stands = control.type === "range" ? slid(control) : switched(control);
        if (control.type === "range") {
          control.setAttribute("aria-valuetext", `${stands.shown} ${control.dataset.unit}`);
          control.nextElementSibling.textContent = stands.shown;
        }
        if (stands.rows.length) moved.push(stands);
      }
      const points = moved.flatMap((each) => each.rows);
      const head = document.createElement("tr");
      head.append(document.createElement("td"), ...["today", ...points.filter(Boolean).map(declared)].map((text) => {
        const title = element("th", text.replaceAll("--set ", ""));
        title.scope = "col";
        return title;
      }));
      beside.tHead.replaceChildren(head);
      beside.tBodies[0].replaceChildren(...labels.map((label, place) => {
        const line = document.createElement("tr"), title = element("th", label);
        title.scope = "row";
        const today = cell(0, place);
        line.append(title, element("td", today), ...points.filter(Boolean).map((row) => {
          const found = element("td", cell(row, place));
          found.classList.toggle("soft", found.textContent === today);
          return found;
        }));
        return line;
      }));
      said.replaceChildren(...say(moved, points));
    };

    part.addEventListener("input", draw);
    part.querySelector("button").addEventListener("click", () => {
      for (const control of controls) {
        if (control.type === "range") control.value = control.defaultValue;
        else if (control.type === "checkbox") control.checked = false;
        else control.selectedIndex = 0;
      }
      draw();
    });
    draw();
  };
  document.querySelectorAll(".what-if").forEach(begin);
})();
