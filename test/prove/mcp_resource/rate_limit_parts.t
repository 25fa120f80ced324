# One request with parts that run at the same time (SSI, mirrors) counts once for each limit, in a zone as in Redis; and
# a request that was refused in one location and passes in another, or that another module lets in, is told nothing of
# the refusal.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;
use TestNginx::Redis;

my $redis = TestNginx::Redis->start;
sub limited ($rate, $more = '') { return "$protected mcp_rate_limit rate=${rate}r/h algorithm=fixed_window; $more proxy_pass http://127.0.0.1:%%PORT_BACK%%;" }

my @nginx = map { [$_ => run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), 'other.json' => jwks('p256_other'), 'index.shtml' => join('', map { "<!--#include virtual=\"$_\" -->" } qw(/part /other /part)) })] } 'mcp_zone mcp 1m;', 'mcp_redis ' . $redis->address . ' timeout=2s;';
    $_
    server {
        listen 127.0.0.1:%%PORT%%;
        root %%TESTDIR%%;
        location = /index.shtml { ssi on; ssi_types *; }
        location = /part    { @{[limited(3)]} }
        location = /other   { @{[limited(3, 'mcp_rate_limit rate=100r/h burst=50 by=issuer;')]} }
        location = /mirrors { @{[limited(900, 'mirror /part; mirror /other;')]} }
        location = /left    { @{[limited(3, 'mcp_rate_limit_x_headers on;')]} }
        location = /first   { @{[limited(1, 'error_page 429 = /second;')]} }
        location = /unknown { mcp_resource $resource; mcp_authorization_server https://as.example.com; mcp_jwks other.json; error_page 401 = /second; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location = /any     { $protected satisfy any; allow all; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location = /second  { @{[limited(1000)]} }
    }
    server { listen 127.0.0.1:%%PORT_BACK%%; return 200 "served;"; }
CONF

my $user = 0;
sub new_token () { return access_token(sub => 'user-' . ++$user) }

for (@nginx) {
    my ($home, $nginx) = @$_;
    my $left = sub ($token) { return ($nginx->get('/left', token => $token)->header('RateLimit') // '') =~ /r=(\d+)/ ? $1 : 'none' };
    my $token = new_token();
    is_deeply [map { my $page = $nginx->get('/index.shtml', token => $token)->body; scalar(() = $page =~ /served/g) } 1 .. 4], [3, 3, 3, 0], "$home a page of three parts counts as one request";
    $token = new_token();
    is $nginx->get('/mirrors', token => $token)->status, 200, "$home a request with two mirrors";
    my $counted;
    ok wait_for(5, sub { ($counted) = $nginx->get('/left', token => new_token())->header('RateLimit') =~ /r=(\d+)/; $counted == 2 }), '... (another counts for itself)';
    is $left->($token), 1, '... counts once in what only they have';

    $token = new_token();
    my @answers = map { $nginx->get('/first', token => $token) } 1 .. 2;
    is join(' ', map { $_->status } @answers), '200 200', "$home what one location refuses, and another lets pass";
    is $answers[1]->header('Retry-After'), undef, '... is told nothing of the refusal';
    like $answers[1]->header('RateLimit'), qr/r=999;/, '... but what the other one says';
    my $other = $nginx->get('/unknown', token => $token);
    is $other->status, 200, "$home the same of a refused token";
    is $other->header('WWW-Authenticate'), undef, '... without the challenge';
    my $any = $nginx->get('/any');
    is $any->status, 200, "$home who has no token, where another module lets him in";
    is_deeply [grep { defined $any->header($_) } qw(WWW-Authenticate Cache-Control Retry-After)], [], '... hears nothing of that';
}

finish();
