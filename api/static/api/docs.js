// The page of the API: Swagger UI over the schema that this service serves itself.
const place = document.getElementById("api-docs");

// Swagger UI speaks English only: its words are put into the page's language as they appear.
const words = JSON.parse(place.dataset.words);
function reword(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    const word = node.data.trim();
    if (Object.hasOwn(words, word) && words[word] !== word && !node.parentElement?.closest("pre, code, textarea, .opblock-summary-path, .model-title, .parameter__name")) {
      node.data = node.data.replace(word, words[word]);
    }
    return;
  }
  if (node.placeholder && Object.hasOwn(words, node.placeholder)) node.placeholder = words[node.placeholder];
  node.childNodes.forEach(reword);
}
new MutationObserver((changes) => {
  for (const change of changes) (change.type === "characterData" ? [change.target] : change.addedNodes).forEach(reword);
}).observe(place, { childList: true, subtree: true, characterData: true });

SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  filter: true,
  validatorUrl: null, // nothing is sent elsewhere
  requestInterceptor: (request) => {
    if (!["GET", "HEAD"].includes(request.method)) request.headers["X-CSRFToken"] = place.dataset.csrf;
    request.headers["Accept-Language"] = document.documentElement.lang;
    return request;
  },
});
