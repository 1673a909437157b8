// 拍照识别: where the browser can read codes, a photo of the name plate fills in the number. Typing stands beside it and always works.
"use strict";
if ("BarcodeDetector" in window) {
  const detector = new BarcodeDetector();
  document.querySelectorAll("[data-scan]").forEach((box) => {
    const field = box.closest("form").querySelector("[data-serial]"), camera = box.querySelector("input");
    box.hidden = false;
    camera.addEventListener("change", async () => {
      const found = camera.files[0] ? await detector.detect(await createImageBitmap(camera.files[0])) : [];
      box.querySelector("output").textContent = found.length ? box.dataset.read : box.dataset.unread;
      if (found.length) field.value = found[0].rawValue.slice(0, field.maxLength > 0 ? field.maxLength : 60);
      field.focus();
    });
  });
}
