vcl 4.1;
# Varnish 7 in front of Adroit. Start the server with
#   adroit serve --purge-url http://127.0.0.1:6081/purge --host cockpit.example.com
# put its address below, and start Varnish with
#   varnishd -a 127.0.0.1:6081 -f varnish.vcl -s malloc,64m -p http_gzip_support=off
# (with that parameter answers stay packed as the server packs them, by brotli for who takes it; without it they are gzip).
# The server says by Surrogate-Control what may be kept, for how long, and by Surrogate-Key what it is made of. Everything else
# is asked for each time. docs/caching.md says what the headers mean.

import std;

backend adroit {
  .host = "127.0.0.1";
  .port = "8642";
  .first_byte_timeout = 75s;
  .probe = { .url = "/livez"; .expected_response = 204; .interval = 5s; .timeout = 2s; .window = 3; .threshold = 2; }
}

# Who may say that data changed: the server.
acl tellers { "127.0.0.1"; "::1"; }

sub vcl_recv {
  unset req.http.X-Kept;

  if (req.url == "/purge") {
    if (req.method != "POST" || client.ip !~ tellers) {
      return (synth(403, "Forbidden"));
    }
    if (req.http.Surrogate-Key !~ "^[a-z0-9-]+$") {
      return (synth(400, "Bad Request"));
    }
    ban("obj.http.Surrogate-Key ~ (^|\s)" + req.http.Surrogate-Key + "(\s|$)");
    return (synth(200, "Purged"));
  }

  # An import is followed as it goes.
  if ((req.method != "GET" && req.method != "HEAD") || req.url ~ "^/api/v1/imports/") {
    return (pass);
  }
  # A shared link shows the same to all who have it, whoever they are elsewhere; behind a password, to who typed that.
  if (req.url ~ "^/s/") {
    unset req.http.Authorization;
    if (req.http.Cookie ~ "(^|; *)(__Secure-)?adroit-shared=") {
      return (pass);
    }
    unset req.http.Cookie;
  }
  # The one cookie that pages know is the theme. With any other, or with credentials, who asks is somebody, and is never
  # given what was kept for others.
  if (req.http.Authorization || (req.http.Cookie && req.http.Cookie !~ "^theme=(light|dark)$")) {
    return (pass);
  }
  # Of the ways to pack, those that differ: one kept answer for each.
  if (req.http.Accept-Encoding ~ "\bbr\b") {
    set req.http.Accept-Encoding = "br";
  } else if (req.http.Accept-Encoding ~ "\bgzip\b") {
    set req.http.Accept-Encoding = "gzip";
  } else {
    unset req.http.Accept-Encoding;
  }
  # While the server is well, what is due is shown for as long as it allows, and fetched meanwhile. Where it is not, or did
  # not answer just now, what was kept is shown for a day.
  if (req.restarts > 0 || !std.healthy(req.backend_hint)) {
    set req.grace = 24h;
  } else {
    set req.grace = 60s;
  }
  set req.http.X-Kept = "maybe";
  return (hash);
}

sub vcl_backend_response {
  if (beresp.status >= 500) {
    # What was kept is better.
    if (bereq.is_bgfetch) {
      return (abandon);
    }
    set beresp.uncacheable = true;
    set beresp.ttl = 0s;
    return (deliver);
  }
  if (beresp.http.Set-Cookie || beresp.status != 200) {
    set beresp.uncacheable = true;
  } else if (beresp.http.Surrogate-Control ~ "(^|[ ,])max-age=[0-9]+") {
    set beresp.ttl = std.duration(regsub(beresp.http.Surrogate-Control, "^.*max-age=([0-9]+).*$", "\1s"), 0s);
    # A day, but of a shared link that expires no longer than it counts.
    set beresp.grace = std.duration(regsub(beresp.http.Surrogate-Control, "^.*stale-if-error=([0-9]+).*$", "\1s"), 24h);
    set beresp.keep = 24h;
  } else if (beresp.http.Cache-Control !~ "(^|[ ,])public") {
    set beresp.uncacheable = true;
  }
  if (beresp.uncacheable) {
    # Remembered for a while, so that nobody waits for another's private answer.
    set beresp.ttl = 120s;
  }
  return (deliver);
}

sub vcl_deliver {
  # A failure of the server, while there may be something kept.
  if (resp.status >= 500 && req.restarts == 0 && req.http.X-Kept) {
    return (restart);
  }
  if (obj.hits > 0) {
    set resp.http.Cache-Status = resp.http.Cache-Status + ", varnish; hit; ttl=" + std.integer(real = std.real(duration = obj.ttl, fallback = 0.0), fallback = 0);
  } else if (resp.http.Cache-Status) {
    set resp.http.Cache-Status = resp.http.Cache-Status + ", varnish; fwd=miss";
  }
  # Between caches only.
  unset resp.http.Surrogate-Control;
  unset resp.http.Surrogate-Key;
}
