# Anybody can have nginx keep that a token is no good, as many times as he likes: that has room of its own in mcp_zone, and
# takes none from good answers and keys.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $as   = run_origin();
my $base = 'http://127.0.0.1:' . $as->port;
my $good = to_json({ active => JSON::true, aud => $resource });
my $foreign = to_json({ active => JSON::true, aud => 'https://other.example.com/mcp' });
$as->answer('/introspect', body => '{"active":false}', when => [['good-token', { body => $good }], ['foreign-token', { body => $foreign }]]);
$as->answer('/jwks', body => jwks('p256'));
my $nginx = run_nginx(<<"CONF", { secret => "a-secret-of-ours\n" });
    mcp_zone small 64k;
    mcp_authorization_server $base;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /mcp  { mcp_resource $resource; mcp_introspection $base/introspect client_id=gateway client_secret_file=secret max_ttl=1h negative_ttl=1h; %%OK%% }
        location /keys { mcp_resource https://mcp.example.com/keys; mcp_audience $resource; mcp_jwks $base/jwks; %%OK%% }
    }
CONF
$nginx->keep_out_of_log('a-secret-of-ours');
sub hits ($path = '/introspect') { return scalar(() = $as->requests($path)) }
sub status ($token, $path = '/mcp') { return $nginx->get($path, token => $token)->status }

my @good = map { "good-token-$_" } 1 .. 5;
is status($_), 200, "$_ passes" for @good;
is status(mint('p256', claims(iss => $base, aud => $resource)), '/keys'), 200, 'and a JWT';
my %junk; $junk{ status("junk-token-$_") }++ for 1 .. 400;
is_deeply \%junk, { 401 => 400 }, 'hundreds of tokens are refused, many more than the zone has room for';
is hits(), 405, 'each was asked about once';
is status('junk-token-400'), 401, 'the last one is refused again';
is hits(), 405, 'without another question';
is status('junk-token-1'), 401, 'one that made room';
is hits(), 406, 'is asked about again';

my %foreign; $foreign{ status("foreign-token-$_") }++ for 1 .. 400;
is_deeply \%foreign, { 401 => 400 }, 'as many that are good, but for somebody else, are refused as well';
is hits(), 806, 'each was asked about once';

is join(' ', map { status($_) } @good), '200 200 200 200 200', 'the good ones pass';
is hits(), 806, 'and are still known';
$as->answer('/jwks', hang => 1);
$nginx->reload;
is status(mint('p256', claims(iss => $base, aud => $resource)), '/keys'), 200, 'the JWT after a reload, too, by the keys that are still there';
ok wait_for(5, sub { hits('/jwks') == 2 }), 'while they are asked for again';

my @lines = grep { /cache zone/ } split /\n/, $nginx->log;
is @lines, 1, 'one line in the log';
like $lines[0] // '', qr/\[warn\].*cache zone "small" is full of refused tokens: the least recently used of these make room/, 'says what it is full of';

finish();
