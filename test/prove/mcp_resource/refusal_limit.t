# mcp_refusal_limit: who sends too many tokens that are refused is refused before a signature is verified or a server asked; nobody else is.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $backend = run_origin();
$backend->answer('/', body => 'backend');
my $as = run_origin();
$as->answer('/introspect', body => '{"active":false}', headers => [['Content-Type' => 'application/json']]);
$as->answer('/many', body => jwks(jwk('p256'), map { my %key = %{ jwk('p256_other') }; delete $key{kid}; \%key } 1 .. 12), headers => [['Content-Type' => 'application/json']]);
$as->answer('/jwks', body => jwks('p256'), headers => [['Content-Type' => 'application/json']]);
my $proxy = 'proxy_pass http://127.0.0.1:' . $backend->port . ';';
my $introspection = 'mcp_introspection http://127.0.0.1:' . $as->port . '/introspect client_id=x client_secret_file=secret;';
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), 'other.json' => jwks('rsa'), secret => 'a-long-secret-of-mine' }, workers => 3);
    mcp_zone mcp 1m;
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Client;
    server {
        listen 127.0.0.1:%%PORT%%;
        mcp_scopes_supported mcp:read;
        mcp_refusal_limit rate=1r/h burst=2;
        location /mcp  { $protected mcp_scope mcp:read; mcp_allow_anonymous ping; mcp_rate_limit rate=1000r/s burst=1000; $proxy }
        location /free { $protected mcp_refusal_limit off; $proxy }
        location /led  { $protected error_page 401 = \@spare; $proxy }
        location \@spare { $protected $proxy }
        location /other_keys { mcp_resource $resource; mcp_authorization_server https://as.example.com; mcp_jwks other.json; error_page 401 = \@spare; $proxy }
        location /many { mcp_resource $resource; mcp_authorization_server https://as.example.com; mcp_jwks http://127.0.0.1:@{[$as->port]}/many; $proxy }
        location /remote { mcp_resource $resource; mcp_authorization_server https://as.example.com; mcp_jwks http://127.0.0.1:@{[$as->port]}/jwks; $proxy }
        location /narrow { mcp_refusal_limit rate=1r/h; mcp_resource https://mcp.example.com/opaque; mcp_authorization_server https://as.example.com; $introspection $proxy }
        location /narrow_jwt { mcp_refusal_limit rate=1r/h; $protected mcp_scope mcp:read; $proxy }
        location /opaque { mcp_resource https://mcp.example.com/opaque; mcp_authorization_server https://as.example.com; $introspection $proxy }
    }
CONF

my $expired = access_token(exp => time - 100);
my $good    = access_token();
sub from ($address, $path, %request) { return $nginx->get($path, %request, headers => ["X-Client: $address"]) }

is from('192.0.2.1', '/mcp')->status, 401, 'a request without a token, which every client begins with, is no guess' for 1 .. 6;
is from('192.0.2.1', '/mcp', token => access_token(scope => 'other'))->status, 403, 'nor is a good token that lacks a scope' for 1 .. 4;
is from('192.0.2.1', '/mcp', token => $_)->status, 401, 'a token that is refused' for $expired, mint('p256', claims(aud => 'https://other.example.com/')), 'nonsense';
my $limited = from('192.0.2.1', '/mcp', token => $expired);
is $limited->status, 429, 'one more is not looked at';
like $limited->header('Retry-After'), qr/\A(3[56]\d\d)\z/, '... and told when';
is $limited->header('WWW-Authenticate'), undef, '... without a challenge';
like join("\n", $nginx->log_lines), qr/refused with 429 \(\w+\): rate_limited: .*too many tokens from this address were refused \("mcp_refusal_limit", \d+r\/./, '... and the log says which limit';
is from('192.0.2.1', '/mcp', token => $good)->status, 429, 'a good one neither: nobody may learn that it is good';
is from('192.0.2.1', '/mcp')->status, 401, 'without a token, a client learns how to log in';
is from('192.0.2.3', '/mcp', token => access_token(sub => undef))->status, 401, 'a token of nobody, where a limit counts subjects, is no better' for 1 .. 3;
is from('192.0.2.3', '/mcp', token => $good)->status, 429, '... and counts';
is from('192.0.2.1', '/free', token => $good)->status, 200, 'where it is off, it passes';
is from('192.0.2.2', '/mcp', token => $good)->status, 200, 'so does another address';
is from('2001:db8::1', '/mcp', token => $expired)->status, 401, 'IPv6' for 1 .. 3;
is from('2001:db8::2:3', '/mcp', token => $expired)->status, 429, '... counts by the network';
is from('2001:db8:0:1::1', '/mcp', token => $good)->status, 200, '... and another is another';

is from('192.0.2.9', '/opaque', token => "opaque-$_")->status, 401, 'tokens that the authorization server does not know' for 1 .. 3;
is from('192.0.2.9', '/opaque', token => "opaque-$_")->status, 429, '... are no longer asked about' for 4 .. 9;
is scalar(() = $as->requests('/introspect')), 3, '... the server has heard of three';

# At once: as many are asked about as may be refused.
$as->answer('/introspect', body => '{"active":false}', headers => [['Content-Type' => 'application/json']], delay => 1);
my $asked = () = $as->requests('/introspect');
my %statuses;
$statuses{ $_->status }++ for $nginx->get_at_once(map { ['/opaque', token => "parallel-$_", headers => ['X-Client: 192.0.2.77']] } 1 .. 12);
is_deeply \%statuses, { 401 => 3, 429 => 9 }, 'twelve at once, at all workers: three are looked at';
is scalar(() = $as->requests('/introspect')) - $asked, 3, '... and no more are asked about';

# Who leaves before the answer has guessed all the same.
$asked = () = $as->requests('/introspect');
my @leaving = map { $nginx->begin('/opaque', token => "left-$_", headers => ['X-Client: 192.0.2.88']) } 1 .. 3;
ok wait_for(10, sub { $asked + 3 == (() = $as->requests('/introspect')) }), 'three are looked at';
@leaving = ();
is from('192.0.2.88', '/opaque', token => "stays-$_")->status, 429, '... and left: no more are' for 1 .. 2;

# A good token counts while it is looked at, and not any more.
my $active = to_json({ active => \1, sub => 'alice', iss => 'https://as.example.com', aud => 'https://mcp.example.com/opaque', exp => time + 600 });
$as->answer('/introspect', body => $active, headers => [['Content-Type' => 'application/json']]);
is from('192.0.2.99', '/opaque', token => "good-$_")->status, 200, 'good tokens, as many as one likes' for 1 .. 9;

# One that is known to be good counts for nothing, however many come at once, to whatever worker; but nobody learns thereby
# whether it is good.
is from('192.0.2.55', '/narrow', token => 'known')->status, 200, 'a good token is looked at once';
my $asked_before = () = $as->requests('/introspect');
%statuses = ();
$statuses{ $_->status }++ for $nginx->get_at_once(map { ['/narrow', token => 'known', headers => ['X-Client: 192.0.2.55']] } 1 .. 200);
is_deeply \%statuses, { 200 => 200 }, '... and then comes two hundred times at once, where one may be shown in vain';
is from('192.0.2.55', '/narrow_jwt', token => $good)->status, 200, 'likewise a JWT, at all workers' for 1 .. 30;
is from('192.0.2.55', '/narrow_jwt', token => $expired)->status, 401, '... and none of them counted';
is from('192.0.2.55', '/narrow', token => 'known')->status, 429, 'after one in vain, the known token is not let in either';
is scalar(() = $as->requests('/introspect')), $asked_before, 'nobody was asked about it again';
$as->answer('/introspect', body => '{"active":false}', headers => [['Content-Type' => 'application/json']]);
is from('192.0.2.44', '/opaque', token => 'known-to-be-bad')->status, 401, 'a token of which it is known that it is bad, counts each time' for 1 .. 3;
is from('192.0.2.44', '/opaque', token => 'known-to-be-bad')->status, 429, '... until there were enough';

# A token that is being asked about is one guess, whoever else comes with it meanwhile.
for my $case (['good', 200, $active], ['bad', 401, '{"active":false}']) {
    my ($name, $status, $body) = @$case;
    $as->answer('/introspect', body => $body, headers => [['Content-Type' => 'application/json']], delay => 3);
    $asked = () = $as->requests('/introspect');
    %statuses = ();
    $statuses{ $_->status }++ for $nginx->get_at_once(map { ['/opaque', token => "one-$name", headers => ["X-Client: 192.0.2.$status"]] } 1 .. 30);
    is_deeply \%statuses, { $status => 30 }, "thirty with one $name token at once: none is refused for the others";
    cmp_ok scalar(() = $as->requests('/introspect')) - $asked, '<=', 3, '... and no worker asks twice';
}

# What the server answers to a token that it does not like counts, whatever it is. That it cannot serve does not.
my $address = 100;
for my $status (204, 302, 400, 403, 404) {
    $as->answer('/introspect', status => $status, body => '');
    $address++;
    is from("192.0.2.$address", '/opaque', token => "odd-$status-$_")->status, 503, "a server that answers $status to a token" for 1 .. 3;
    is from("192.0.2.$address", '/opaque', token => "odd-$status-$_")->status, 429, '... is not asked about any number of them' for 4 .. 6;
}
$as->answer('/introspect', size => 3_000_000, headers => [['Content-Type' => 'application/json']]);
is from('192.0.2.32', '/opaque', token => "odd-$_")->status, 503, 'nor is one that sends too much' for 1 .. 3;
is from('192.0.2.32', '/opaque', token => "odd-$_")->status, 429, '... for each' for 4 .. 6;
for my $status (401, 429, 500, 502, 503, 504) {
    $as->answer('/introspect', status => $status, body => 'not now');
    is from('192.0.2.33', '/opaque', token => "down-$status-$_")->status, 503, "status $status is for all tokens, and counts for nobody" for 1 .. 3;
}

# Without keys nobody can say. With those of before, a signature is verified, and that counts.
is from('192.0.2.34', '/remote', token => $good)->status, 200, 'keys from a server';
$as->answer('/jwks', status => 500, body => 'down');
my ($signed) = $good =~ /\A(.+\.)[^.]+\z/;
like from('192.0.2.34', '/remote', token => $signed . ($_ x 86))->status, qr/\A(?:401|503)\z/, 'that is down: a signature that is wrong by the keys of before' for 'A' .. 'C';
is from('192.0.2.34', '/remote', token => $signed . ($_ x 86))->status, 429, '... counts all the same' for 'D' .. 'F';
is from('192.0.2.35', '/remote', token => mint('p256', claims(aud => $resource), header => { kid => "new-$_" }))->status, 503, 'a key that nobody has needs no verification' for 1 .. 6;
is from('192.0.2.35', '/remote', token => $good)->status, 200, '... and did not count';

is from('192.0.2.37', '/many', token => $good)->status, 200, 'more keys that fit a token than are tried';
$as->answer('/many', status => 500, body => 'down');
($signed) = mint('p256', claims(aud => $resource), header => { kid => undef }) =~ /\A(.+\.)[^.]+\z/;
like from('192.0.2.37', '/many', token => $signed . ($_ x 86))->status, qr/\A(?:401|503)\z/, '... verify a signature' for 'A' .. 'C';
is from('192.0.2.37', '/many', token => $signed . ($_ x 86))->status, 429, '... which counts' for 'D' .. 'F';

# One request is one guess, and none where another location finds the token good.
is from('192.0.2.36', '/other_keys', token => $good)->status, 200, 'a token that a second location accepts' for 1 .. 9;
is from('192.0.2.66', '/led', token => $expired)->status, 401, 'a refusal that another protected location answers' for 1 .. 3;
is from('192.0.2.66', '/led', token => $expired)->status, 429, '... counts once';

finish();
