// A link may bring the key along after `#`, which browsers never send to a server. It is taken as soon as the field is there,
// not when the page has come alive: the button may be tapped by then.

function takeKey() {
  const key = new URLSearchParams(location.hash.slice(1)).get('key')
  if (key === null) return
  document.getElementById('key').value = key
  history.replaceState(history.state, '', location.pathname + location.search)
}

addEventListener('hashchange', takeKey)
takeKey()
