# Authorization servers that lie, flood, stall or lead elsewhere: no keys come of it, and so 503; one log line says why; and
# whoever trusts another issuer does not notice (SPEC 53, 87).
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $as   = run_origin();
my $base = 'http://127.0.0.1:' . $as->port;
sub metadata ($name, %changes) {
    return (body => to_json({ issuer => "$base/$name", jwks_uri => "$base/$name/jwks", %changes }));
}
sub well_known ($name, %answer) { return $as->answer("/.well-known/oauth-authorization-server/$name", %answer) }

# name => [what is wrong, what the log says of it]
my %hostile = (
    mismatch  => ['the metadata names another issuer',        qr/issuer/],
    nojwks    => ['the metadata has no jwks_uri',             qr/jwks_uri/],
    scheme    => ['jwks_uri is a file',                       qr/not an? (?:absolute )?http|URL/i],
    array     => ['the metadata is an array',                 qr/not (?:a JSON|an) object|object/],
    flood     => ['10 MB of metadata',                        qr/too large/],
    keyflood  => ['10 MB of keys',                            qr/too large/],
    html      => ['an HTML page instead of keys',             qr/JSON/],
    gzip      => ['compressed keys',                          qr/compressed/],
    cut       => ['half a key set, then a reset',             qr/cut short|not HTTP/],
    away      => ['a redirect of the keys to another host',   qr/redirect is not followed \(it leads to another origin\)/],
    port      => ['a redirect to another port',               qr/redirect is not followed \(it leads to another origin\)/],
    secure    => ['a redirect to another scheme',             qr/redirect is not followed \(it leads to another origin\)/],
    inside    => ['a redirect to a private address',          qr/redirect is not followed \(it leads to another origin\)/],
    user      => ['a redirect to a URL with a user',          qr/redirect is not followed \(it leads to what is no proper/],
    file      => ['a redirect to a file',                     qr/redirect is not followed \(it leads to what is no proper/],
    circle    => ['a redirect to itself',                     qr/redirect is not followed \(there were two before\)/],
    pair      => ['two redirects to each other',              qr/redirect is not followed \(there were two before\)/],
    three     => ['three redirects in a row',                 qr/redirect is not followed \(there were two before\)/],
    led       => ['a redirect of the metadata to that of another issuer of the same server', qr/issuer/],
    ledaway   => ['a redirect of the metadata to another host', qr/redirect is not followed \(it leads to another origin\)/],
    bare      => ['a redirect without a Location',            qr/status 302/],
    bigstep   => ['a redirect with 10 MB',                    qr/too large/],
    nokeys    => ['a key set without a usable key',           qr/no key of the set .*key 1 \(kid "rsa_weak"\) is left out: .*; key 2 \(kid "other"\) is left out: the type/],
    private   => ['jwks_uri is at another host, in a private network', qr/not public/],
    stall     => ['metadata that never comes',                qr/timed out/],
    drip      => ['keys of which half come, and then nothing', qr/timed out/],
    duplicate => ['metadata with jwks_uri twice',             qr/two members/],
);
my $nowhere = 'http://localhost:' . $as->port;    # another host, to us
well_known('mismatch', metadata('mismatch', issuer => "$base/mismatch/"));
well_known('nojwks', body => to_json({ issuer => "$base/nojwks" }));
well_known('scheme', metadata('scheme', jwks_uri => 'file:///etc/passwd'));
well_known('array', body => '[]');
well_known('private', metadata('private', jwks_uri => 'http://127.0.0.2:' . $as->port . '/good/jwks'));
well_known('stall', hang => 1);
well_known('flood', size => 10_000_000);
well_known($_, metadata($_)) for qw(drip keyflood html gzip cut nokeys away port secure inside user file circle pair three bare bigstep);
well_known('duplicate', body => qq({"issuer":"$base/duplicate","jwks_uri":"$base/a","jwks_uri":"$base/good/jwks"}));
$as->answer('/keyflood/jwks', size => 10_000_000);
$as->answer('/html/jwks', body => '<html>');
$as->answer('/gzip/jwks', body => jwks('p256'), gzip => 1);
$as->answer('/cut/jwks', body => jwks('p256'), reset => 120);
sub redirect ($path, $location, %more) { return $as->answer($path, status => 302, headers => [[Location => $location]], %more) }
redirect('/away/jwks', "$nowhere/good/jwks");
redirect('/port/jwks', "http://127.0.0.1:1/good/jwks");
redirect('/secure/jwks', $base =~ s/^http/https/r . '/good/jwks');
redirect('/inside/jwks', 'http://127.0.0.2:' . $as->port . '/good/jwks');
redirect('/user/jwks', $base =~ s{//}{//user\@}r . '/good/jwks');
redirect('/file/jwks', 'file:///etc/passwd');
redirect('/circle/jwks', "$base/circle/jwks");
redirect('/pair/jwks', '/pair/other');
redirect('/pair/other', '/pair/jwks');
redirect('/three/jwks', '/three/1');
redirect('/three/1', '/three/2');
redirect('/three/2', '/good/jwks');
redirect('/bigstep/jwks', '/good/jwks', size => 10_000_000);
$as->answer('/bare/jwks', status => 302);
redirect('/.well-known/oauth-authorization-server/led', "$base/.well-known/oauth-authorization-server/good");
redirect('/.well-known/oauth-authorization-server/ledaway', "$nowhere/.well-known/oauth-authorization-server/good");
$as->answer('/drip/jwks', body => jwks('p256'), stall => 120);
$as->answer('/nokeys/jwks', body => jwks('rsa_weak', { kty => 'XYZ', kid => 'other' }));
well_known('good', metadata('good'));
$as->answer('/good/jwks', body => jwks('p256'));
well_known('spare', metadata('spare', introspection_endpoint => undef, token_endpoint => 'none', registration_endpoint => []));
$as->answer('/spare/jwks', body => jwks('p256'));

my @names     = sort keys %hostile;
my @locations = map { <<"CONF" } 'good', 'spare', @names;
        location /$_ { mcp_resource https://mcp.example.com/$_; mcp_authorization_server $base/$_; mcp_discovery on; %%OK%% }
CONF
my $nginx = run_nginx(<<"CONF");
    mcp_zone mcp 1m;
    server {
        listen 127.0.0.1:%%PORT%%;
@locations
    }
CONF
sub token_for ($name) { return mint('p256', claims(iss => "$base/$name", aud => "https://mcp.example.com/$name")) }

for my $name (@names) {
    my ($what, $reason) = @{ $hostile{$name} };
    subtest "$what: 503" => sub {
        my $response = $nginx->get("/$name", token => token_for($name));
        is $response->status, 503, 'SPEC 87: not 401, and not 200';
        ok $response->header('Retry-After') > 0, 'with Retry-After';
        is $response->header('WWW-Authenticate'), undef, 'no challenge';
        my @lines;    # a request may give up waiting a moment before the fetch does
        wait_for(15, sub { @lines = grep { m{cannot fetch the keys of "\Q$base\E/$name"} } split /\n/, $nginx->log });
        ok @lines >= 1, 'a line in the log' or return;
        like $lines[0], $reason, 'that says why';
    };
}
is $nginx->get('/good', token => token_for('good'))->status, 200, 'another issuer is not touched by it';
is $nginx->get('/spare', token => token_for('spare'))->status, 200, 'a member of the metadata that nobody needs may hold anything';
is scalar(() = $as->requests('/good/jwks')), 1, 'SPEC 53: no redirect led to its keys';
is scalar(() = $as->requests('/three/2')) > 0, 1, 'two steps of three were gone';
unlike $nginx->log, qr/exited on signal/, 'every worker lives';
done_testing;
