# A worker does not grow with the number of requests.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

plan skip_all => 'the size of a worker says nothing under valgrind or a sanitizer'
    if $ENV{TEST_NGINX_VALGRIND} || $ENV{TEST_NGINX_PRELOAD};

my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    mcp_scopes_supported x;
    server {
        listen 127.0.0.1:%%PORT%%;
        add_header X-All "\$mcp_subject \$mcp_name \$mcp_reason" always;
        location /plain { $protected mcp_claim_header X-User sub; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /rules { $protected mcp_scope mcp:read; mcp_scope x tool=x; mcp_allowed_origins https://a.example.com; mcp_claim_header X-User sub; client_body_buffer_size 1k; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /moved { $protected try_files /none /rules; }
    }
    server { listen 127.0.0.1:%%PORT_BACK%%; keepalive_timeout 0; return 200; }
CONF


my @bodies = (message('tools/call', name => 'x'), message('tools/call', name => 'y', arguments => { data => 'x' x 5000 }), '{');
my @headers = ('Origin: https://a.example.com', 'X-User: root');
for my $path (qw(/plain /rules /moved)) {
    my $round = sub ($number) {
        my @tokens = (access_token(jti => $number), 'junk');
        my @requests = map { my $body = $_; map { $nginx->request_bytes($path, method => 'POST', connection => 'keep-alive', headers => $path eq '/plain' ? [] : \@headers, body => $body, token => $_) } @tokens } @bodies;
        my @responses = $nginx->send('', raw => join '', (@requests) x 25, $nginx->request_bytes($path));
        die 'only ' . @responses . ' responses' if @responses != 151;
        delete $nginx->{secrets};
        return;
    };
    $round->($_) for 1 .. 4;
    my $before = $nginx->kilobytes;
    $round->($_) for 5 .. 24;
    cmp_ok $nginx->kilobytes - $before, '<', 1500, "$path: 3000 requests more, half a kilobyte each would show";
}

finish();
