// The map of charging sites: drawn when somebody asks for it, from our own outlines and points. The list says the same without it.
"use strict";
document.querySelectorAll("[data-map]").forEach((box) => {
  const button = document.querySelector(box.dataset.map), words = box.dataset;
  const part = (tag, values) => new Promise((came, failed) => {
    const node = Object.assign(document.createElement(tag), values);
    node.addEventListener("load", came);
    node.addEventListener("error", failed);
    document.head.append(node);
  });
  const marked = (site) => {
    const said = site.properties, mark = document.createElement("span");
    const isUnknown = !said.free && said.unknown > 0;
    mark.className = `map-site ${isUnknown ? "is-unknown" : said.free ? "" : "is-full"}`;
    mark.textContent = isUnknown ? "?" : said.free || words.full;
    return L.divIcon({html: mark, className: "", iconSize: [32, 32]});
  };
  const draw = (drawn) => {
    const map = L.map(box, {zoomControl: false, attributionControl: Boolean(drawn.tiles && drawn.tiles.attribution), maxZoom: 19, zoomSnap: 0.25});
    L.control.zoom({zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut}).addTo(map);
    L.control.scale({imperial: false}).addTo(map);
    if (drawn.tiles) L.tileLayer(drawn.tiles.url, {attribution: drawn.tiles.attribution, maxZoom: 19}).addTo(map);
    const estates = L.geoJSON(drawn.estates, {
      style: {color: "#a8947c", weight: 1.2, fillColor: "#eadfd0", fillOpacity: 0.7}, interactive: false,
    }).addTo(map);
    estates.eachLayer((layer) => {  // the name stands above the edge, where no site does
      const edge = layer.getBounds(), name = document.createElement("span");
      name.textContent = layer.feature.properties.name;
      L.tooltip([edge.getNorth(), edge.getCenter().lng], {permanent: true, direction: "top", content: name}).addTo(map);
    });
    const sites = L.geoJSON({type: "FeatureCollection", features: drawn.sites.features.filter((site) => site.geometry)}, {
      pointToLayer: (site, at) => L.marker(at, {icon: marked(site), title: `${site.properties.estate} ${site.properties.name}`, alt: `${site.properties.estate} ${site.properties.name}`}),
      onEachFeature: (site, layer) => layer.on("click", () => { location.hash = `site-${site.id}`; }),
    }).addTo(map);
    const whole = L.featureGroup([estates, sites]).getBounds();
    if (whole.isValid()) map.fitBounds(whole, {padding: [24, 24], maxZoom: 17, animate: false});
    box.dataset.drawn = sites.getLayers().length;
  };
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const data = fetch(words.source).then((answer) => answer.json());
      await Promise.all([part("link", {rel: "stylesheet", href: words.style}), part("script", {src: words.leaflet})]);
      box.hidden = false;
      draw(await data);
      button.hidden = true;
    } catch {
      button.disabled = false;
      const trouble = document.getElementById("trouble");
      trouble.textContent = trouble.dataset.words;
    }
  });
});
