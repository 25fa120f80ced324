# mcp_status and mcp_metrics in a browser: a web site whose own name leads to this machine (DNS rebinding) reads neither. Scrapers
# are served whatever they call this machine.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    server {
        listen 127.0.0.1:%%PORT%% default_server;
        location /mcp { $protected %%OK%% }
        location = /status { mcp_status; }
        location = /status.json { mcp_status; }
        location = /metrics { mcp_metrics; }
    }
    server {
        listen 127.0.0.1:%%PORT_NAMED%%;
        server_name ops.example.com *.wild.example.com .both.example.com tail.* ~^regex;
        location = /status { mcp_status; }
        location = /metrics { mcp_metrics; }
    }
    server {
        listen 127.0.0.1:%%PORT_OTHER%%;
        location = /status { mcp_status; }
    }
CONF
sub asked ($host, $path, %more) {
    my $version = $more{version} // 'HTTP/1.1';
    my @lines = ("GET $path $version", (defined $host ? "Host: $host" : ()), 'Connection: close', @{ $more{headers} // [] });
    return ($nginx->send('', raw => join("\r\n", @lines, '', ''), port => $more{port} // 'PORT'))[0];
}
sub status_of (@request) { return asked(@request)->status }
my @browser = (headers => ['Accept-Language: en']);

# --- the status page ------------------------------------------------------------------------------------------------------

for my $host ('evil.example', 'evil.example:' . $nginx->port('PORT'), 'EVIL.example', '127.0.0.1.evil.example', 'localhost.evil.example', 'evil.example.', '127.1', 'mcp.example.com.evil.example', 'ops.example.com') {
    for my $path (qw(/status /status.json), '/status?id=00000000') {
        my $refused = asked($host, $path);
        is $refused->status, 421, "$path of the host $host";
        unlike $refused->body, qr/MCP resource server|"version"/, 'shows nothing';
    }
}
my $told = asked('evil.example', '/status');
is $told->header('Content-Type'), 'text/plain', 'it is text';
like $told->body, qr/\A"evil\.example" is not a name of this server.* IP address.*"server_name"/, 'which says what to do';
is asked('evil.example', '/status', headers => ['X-Forwarded-Host: localhost', 'Forwarded: host=localhost'])->status, 421, 'whatever other headers say';

my $port = $nginx->port('PORT');
for my $host ('127.0.0.1', "127.0.0.1:$port", '127.0.0.1:1', '10.0.0.5', '[::1]', "[2001:db8::5]:$port", 'localhost', "localhost:$port", 'LOCALHOST', 'nginx:9464', 'a.localhost') {
    is status_of($host, '/status'), 200, "no stranger owns $host";
}
is status_of('mcp.example.com', '/status'), 200, 'the host of a protected resource is ours';
is status_of(undef, '/status', version => 'HTTP/1.0'), 200, 'no browser sends a request without a host';

for my $host ('ops.example.com', 'OPS.example.com:8080', 'a.wild.example.com', 'b.a.wild.example.com', 'both.example.com', 'a.both.example.com', 'tail.example.com') {
    is status_of($host, '/status', port => 'PORT_NAMED'), 200, "$host is a server_name";
}
for my $host ('example.com', 'xops.example.com', 'wild.example.com', 'evilwild.example.com', 'evilboth.example.com', 'regex.example.com', 'a.tail.example.com') {
    is status_of($host, '/status', port => 'PORT_NAMED'), 421, "$host is none";
}
is status_of('ops.example.com', '/status', port => 'PORT_OTHER'), 421, 'nor is that of another server';

# --- metrics --------------------------------------------------------------------------------------------------------------

for my $host ('evil.example', 'mcp1.prod.example.net:9464', 'nginx.monitoring.svc.cluster.local') {
    is status_of($host, '/metrics'), 200, "a scraper may call this machine $host";
    is status_of($host, '/metrics', headers => ['User-Agent: Prometheus/2.53.0', 'Accept: application/openmetrics-text', 'Accept-Encoding: gzip']), 200, 'as Prometheus does';
    for my $sign ('Accept-Language: en', 'accept-language: ', 'Origin: http://evil.example', 'Sec-Fetch-Site: same-origin', 'User-Agent: Mozilla/5.0 (X11)') {
        is status_of($host, '/metrics', headers => [$sign]), 421, "a browser may not ($sign)";
    }
}
for my $host ('127.0.0.1', 'localhost', 'nginx', 'mcp.example.com') {
    is status_of($host, '/metrics', @browser), 200, "but by $host";
}
is status_of('ops.example.com', '/metrics', @browser, port => 'PORT_NAMED'), 200, 'or by a server_name';

# --- pages of other sites ---------------------------------------------------------------------------------------------------

for my $path (qw(/status /status.json /metrics)) {
    my $answer = asked('localhost', $path, headers => ['Origin: https://evil.example', 'Sec-Fetch-Site: cross-site']);
    is join('|', map { $answer->header($_) // 'none' } qw(X-Content-Type-Options Cross-Origin-Resource-Policy Access-Control-Allow-Origin)), 'nosniff|same-origin|none', "can neither embed $path nor read it";
}

finish();
