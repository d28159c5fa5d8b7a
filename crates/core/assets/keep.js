// Keeps the way to choose on the page. Some pages write their whole body anew (single-page
// applications, error handlers); the banner and the control are then put back, a bounded number
// of times. Nothing else depends on it: with scripts off, nothing takes them away.
(function () {
  var left = 20, ours = "octroi-banner,octroi-control";
  new MutationObserver(function (records) {
    records.forEach(function (record) {
      record.removedNodes.forEach(function (node) {
        if (node.nodeType !== 1) return;
        var lost = node.matches(ours) ? [node] : node.querySelectorAll(ours);
        lost.forEach(function (element) {
          if (!element.isConnected && document.body && left-- > 0) document.body.append(element);
        });
      });
    });
  }).observe(document, { childList: true, subtree: true });
})();
