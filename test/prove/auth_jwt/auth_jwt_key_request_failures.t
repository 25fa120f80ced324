# When the keys cannot be had, the answer is 503 with Retry-After: never 200, never 401 (SPEC 87 for keys). It gets well
# by itself as soon as the key server does.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

use IO::Socket::INET;

my $as   = run_origin();
my $good = jwks('p256');
my $full = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1) // die "listen: $!";
my @filling = map { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $full->sockport, Blocking => 0) } 1 .. 4;

my ($as_port, $full_port) = ($as->port, $full->sockport);
my $nginx = run_nginx(<<"CONF");
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_jwt "site";
        proxy_connect_timeout 300ms;
        proxy_read_timeout 300ms;
        location /       { auth_jwt_key_request /_as; %%OK%% }
        location /down   { auth_jwt_key_request /_down; %%OK%% }
        location /full   { auth_jwt_key_request /_full; %%OK%% }
        location /absent { auth_jwt_key_request /nowhere/at/all; %%OK%% }
        location /denied { auth_jwt_key_request /_denied; %%OK%% }
        location /secret { auth_jwt_key_request /_denied?key=s3cr3t; %%OK%% }
        location /two    { auth_jwt_key_request /_as; auth_jwt_key_request /_down; %%OK%% }
        location /plain  { auth_jwt off; %%OK%% }
        location = /_as   { internal; auth_jwt off; proxy_pass http://127.0.0.1:$as_port/jwks; }
        location = /_down { internal; auth_jwt off; proxy_pass http://127.0.0.1:%%PORT_NOBODY%%; }
        location = /_full { internal; auth_jwt off; proxy_pass http://127.0.0.1:$full_port; }
        location = /_denied { internal; auth_jwt off; deny all; %%OK%% }
        location /nowhere { internal; auth_jwt off; try_files /none =404; }
    }
CONF
my $token = mint('p256');
$nginx->passes_after('/plain');

sub unavailable ($name, $path = '/') {
    my $response = $nginx->get($path, token => $token);
    like $response->header('Retry-After'), qr/\A[1-9]\d*\z/, "$name: the client is told when to come back";
    return $nginx->refuses("$name: 503", path => $path, token => $token, status => 503, reason => qr/keys_unavailable/);
}

my %misbehaviour = (
    'a 500'                            => { status => 500 },
    'a 404'                            => { status => 404 },
    'a 401'                            => { status => 401 },
    'a redirect'                       => { status => 302, headers => [['Location', '/other']], body => $good },
    'a 204'                            => { status => 204, body => '' },
    'a 500 with keys'                  => { status => 500, body => $good },
    'an HTML page'                     => { body => '<html><body>Sign in</body></html>', headers => [['Content-Type', 'text/html']] },
    'an empty body'                    => { body => '' },
    'JSON that is no key set'          => { body => '{"error":"x"}' },
    'a list'                           => { body => '[]' },
    'a key set whose keys are no list' => { body => '{"keys":{}}' },
    'a key set without a usable key'   => { body => jwks('rsa_weak', { kty => 'XYZ' }) },
    'keys cut short'                   => { body => substr $good, 0, -1 },
    'keys with junk behind them'       => { body => "$good}" },
    '10 MB'                            => { size => 10_000_000 },
    'keys and 2 MB of white space'     => { body => $good . ' ' x 2_000_000 },
    'a reset behind the keys'          => { body => $good . ' ' x 9_000, reset => length($good) + 2_000 },
    '2 MB of white space and keys'     => { body => ' ' x 2_000_000 . $good },
    'a compressed response'            => { body => $good, gzip => 1 },
    'keys that only claim to be compressed' => { body => $good, headers => [['Content-Encoding', 'br']] },
    'a reset before the response'      => { body => $good, reset => 0 },
    'a reset midway'                   => { body => $good, reset => 150 },
    'no answer'                        => { hang => 1 },
    'an answer that comes too late'    => { body => $good, delay => 2 },
    'a response that is not HTTP'      => { body => $good, reset => 3 },
);
for my $name (sort keys %misbehaviour) {
    $as->answer('/jwks', %{ $misbehaviour{$name} });
    unavailable($name);
    $as->answer('/jwks', body => $good);
    is $nginx->get('/', token => $token)->status, 200, "$name: it gets well without a reload";
}
unavailable('nobody listens', '/down');
unavailable('the key server accepts no connection', '/full');
unavailable('the location does not exist', '/absent');
unavailable('the location is forbidden', '/denied');
$nginx->keep_out_of_log('s3cr3t');
$nginx->refuses('the log does not show the query of its URI', path => '/secret', token => $token, status => 503, reason => qr{keys_unavailable.*"/_denied\?\.\.\."});
is $nginx->get('/two', token => $token)->status =~ /^(200|503)$/, 1, 'one of two key servers down: no verdict on the token';
isnt $nginx->get('/two', token => mint('p256_other'))->status, 200, 'and nothing falls open';

$as->answer('/jwks', status => 500);
$nginx->refuses('no credentials need no keys: 401', path => '/', reason => qr/credentials_missing/);
$nginx->refuses('what is no token needs no keys: 401', path => '/', token => 'junk', reason => qr/token_not_compact_jws/);

finish();
