# mcp_observe: what each request asks for and how it went, read while it passes. Nothing is refused, held back or changed.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $origin = run_origin();
my $back   = 'proxy_pass http://127.0.0.1:' . $origin->port . ';';
my $nginx  = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    mcp_scopes_supported a;
    log_format mcp '\$uri|\$mcp_method|\$mcp_name|\$mcp_outcome';
    mcp_observe on;
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log %%TESTDIR%%/access.log mcp;
        location /mcp        { $protected $back }
        location /off        { $protected mcp_observe off; $back }
        location /rules      { $protected mcp_scope a tool=x; $back }
        location /stream     { $protected proxy_request_buffering off; proxy_buffering off; proxy_http_version 1.1; $back }
        location /gzip       { $protected gzip on; gzip_types application/json; gzip_min_length 1; gzip_proxied any; $back }
        location /page       { $protected proxy_intercept_errors on; error_page 500 = \@page; $back }
        location \@page      { default_type application/json; return 200 '{"jsonrpc":"2.0","id":1,"error":{"code":-5,"message":"x"}}'; }
    }
CONF
my $token  = access_token(scope => 'a');
my $events = [['Content-Type', 'text/event-stream']];

sub read_log { open my $in, '<', $nginx->dir . '/access.log' or return; return map { chomp; $_ } <$in> }

# What is logged of one call of the tool "echo", when the backend gives this answer.
sub logged ($path, $answer, %request) {
    $origin->answer($path, %$answer);
    my $before = read_log();
    $nginx->get($path, method => 'POST', token => $token, body => message('tools/call', name => 'echo'), %request);
    wait_for(5, sub { read_log() > $before });
    my ($uri, @seen) = split /\|/, (read_log())[-1], -1;
    return join ' ', @seen;
}
my $result     = '{"jsonrpc":"2.0","id":1,"result":{"content":[]}}';
my $tool_error = '{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":true}}';
my $error      = '{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no"}}';

is logged('/mcp', { body => $result }),     'tools/call echo success',    'a result';
is logged('/mcp', { body => $tool_error }), 'tools/call echo tool_error', 'a result with isError';
is logged('/mcp', { body => $error }),      'tools/call echo -32602',     'a JSON-RPC error';
is logged('/off', { body => $result }),     '- - -',                      'off: nothing';
is logged('/mcp', { headers => $events, body => "event: message\ndata: $tool_error\n\n" }), 'tools/call echo tool_error', 'an event';

finish();
