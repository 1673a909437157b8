// The charts of a board. Their numbers stand in the page as tables and lists too.
"use strict";
const HUES = ["#8a2f5f", "#2f6f55", "#c98a2b", "#b5431b", "#2c5d86", "#8f8377"];
const numbers = (id) => JSON.parse(document.getElementById(id).textContent);
const charts = [];
const size = document.body.classList.contains("wall") ? 18 : 13;
// Names beside the ring only where the longest has room; the list below names them all.
const fits = (rows, box) => {
  const widest = Math.max(...rows.map((row) => [...row.name].reduce((sum, sign) => sum + (sign > "\u2000" ? size : size * 0.6), 0)));
  return widest + 3 * size < box.clientWidth / 2 - 0.32 * Math.min(box.clientWidth, box.clientHeight) - 14;
};
document.querySelectorAll("[data-chart]").forEach((box) => {
  const rows = numbers(box.dataset.source);
  const chart = echarts.init(box);
  charts.push(chart);
  if (box.dataset.chart === "days") {
    chart.setOption({
      animation: false, color: ["#a8231c", "#2f6f55"], grid: { left: 36, right: 10, top: 36, bottom: 24 }, legend: { top: 0, textStyle: { fontSize: size } }, tooltip: { trigger: "axis" },
      xAxis: { type: "category", data: rows.map((row) => row[0]), axisLabel: { fontSize: size } }, yAxis: { type: "value", axisLabel: { fontSize: size }, minInterval: 1, splitLine: { lineStyle: { color: "#efe7dd" } } },
      series: [
        { name: box.dataset.bars, type: "bar", barMaxWidth: 12, itemStyle: { borderRadius: 4 }, data: rows.map((row) => row[1]) },
        { name: box.dataset.line, type: "line", symbol: "none", lineStyle: { width: 3 }, data: rows.map((row) => row[2]) },
      ],
    });
  } else {
    chart.setOption({ animation: false, color: HUES, tooltip: {}, series: [{ type: "pie", radius: ["40%", "64%"], labelLine: { length: 8, length2: 6 }, label: { overflow: "none", formatter: fits(rows, box) ? "{b} {c}" : "{c}", fontSize: size, color: "#2b2420" }, data: rows }] });
  }
});
window.addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
// A wall has nobody to press reload: while the portal is away the last figures stay, with the time at which they were true.
const reload = () => fetch("/healthz").then((answer) => answer.ok && location.reload()).catch(() => {});
document.querySelectorAll("[data-reload]").forEach((wall) => setInterval(reload, wall.dataset.reload * 1000));
