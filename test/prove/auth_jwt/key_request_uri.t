# A variable in the URI of a key request may hold what a client sent. It never ends a line of what the authorization server
# gets, and never begins arguments that the directive has none of.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as   = run_origin();
my $port = $as->port;
$as->answer('/', body => jwks('p256'));
my %locations = (
    plain   => "proxy_pass http://127.0.0.1:$port",
    uri     => "proxy_pass http://127.0.0.1:$port/uri/",
    break   => "rewrite ^/_break(.*) /break\$1 break; proxy_pass http://127.0.0.1:$port",
);
my $locations = join '', map { <<"CONF" } sort keys %locations;
    location /$_/ { auth_jwt_key_request /_$_\$uri; %%OK%% }
    location /_$_/ { internal; auth_jwt off; $locations{$_}; }
CONF
my $nginx = run_nginx(<<"CONF");
    auth_jwt "site";
    server {
        listen 127.0.0.1:%%PORT%%;
        $locations
        location /capture/  { auth_jwt_key_request /_capture\$uri; %%OK%% }
        location ~ ^/_capture/(?<tenant>.*) { internal; auth_jwt off; proxy_pass http://127.0.0.1:$port/\$tenant; }
        location /numbered/ { auth_jwt_key_request /_numbered/\$http_x_tenant; %%OK%% }
        location ~ ^/_numbered/(.*) { internal; auth_jwt off; proxy_pass http://127.0.0.1:$port/\$1; }
        location /query     { auth_jwt_key_request /_plain/jwks?a=\$http_x_tenant&b=1; %%OK%% }
        location /mixed     { auth_jwt_key_request /_plain/\$http_x_tenant?a=1; %%OK%% }
        location /written   { auth_jwt_key_request /_plain\$uri\$is_args\$args; %%OK%% }
        location /whole     { auth_jwt_key_request /_plain\$request_uri; %%OK%% }
        location /literal   { auth_jwt_key_request /_plain/a%3Fb%20c/\$http_x_tenant; %%OK%% }
        location ~ ^/args(?<decoded>.*) { auth_jwt_key_request /_plain/jwks?a=\$decoded; %%OK%% }
    }
CONF
my $token = mint('p256');

# The status, and the URI that was asked for.
sub outcome ($path, @headers) {
    my $before = () = $as->requests;
    my $status = $nginx->get($path, token => $token, headers => \@headers)->status;
    my @asked  = map { "$_->{method} $_->{uri}" } ($as->requests)[$before .. (() = $as->requests) - 1];
    return join ' ', $status, @asked;
}

# --- what comes decoded, of $uri

my %refused = ('CR LF' => 'x%0D%0AHost:evil', LF => 'x%0A', CR => 'x%0D', TAB => 'x%09', DEL => 'x%7F', 'a question mark' => 'x%3Fa=b',
    'a request of its own' => 'x%3Fa%20HTTP/1.1%0D%0AHost:%20evil.example%0D%0A%0D%0A', 'a fragment' => 'x%23y',
    'a question mark, encoded twice' => 'x%253Fa=b', 'CR LF, encoded twice' => 'x%250D%250A', 'encoded three times' => 'x%25252e');
for my $at (sort(keys %locations), 'capture') {
    is outcome("/$at/$refused{$_}/ok"), '503', "$at: $_" for sort keys %refused;
}
like outcome('/args%0D%0AHost:%20evil'), qr/\A503\z/, 'a decoded line end behind "?"';
like outcome('/args%20b/ok'), qr/\A503\z/, 'a decoded space behind "?"';

# --- what comes as it is, of a header

for (['/numbered/ok', 'a?b=c'], ['/numbered/ok', 'a%3Fb=c'], ['/numbered/ok', 'a%0d%0ab'], ['/numbered/ok', 'a%00b'], ['/numbered/ok', 'a%252e'], ['/numbered/ok', 'a#b'],
    ['/numbered/ok', 'a%23b'], ['/numbered/ok', "a\tb"], ['/query/ok', 'x y'], ['/query/ok', "x\ty"], ['/query/ok', 'x#y'], ['/mixed/ok', 'y?evil=1']) {
    is outcome($_->[0], "X-Tenant: $_->[1]"), '503', "$_->[0]: " . ($_->[1] =~ s/\t/\\t/r);
}
like $nginx->log, qr/_numbered\/\$http_x_tenant": the URI is not safe: a variable in it holds/, 'the log says why';
unlike $nginx->log, qr/evil=1"|unsafe URI/, 'without the value';

# --- what belongs there

my %passes = (
    'a space, which nginx encodes'   => ['/plain/a%20b/ok',   '/_plain/plain/a%20b/ok'],
    'the same, with a URI'           => ['/uri/a%20b/ok',     '/uri/uri/a%20b/ok'],
    'the same, behind rewrite'       => ['/break/a%20b/ok',   '/break/break/a%20b/ok'],
    'letters beyond ASCII'           => ['/plain/%C3%A9/ok',  '/_plain/plain/%C3%A9/ok'],
    'arguments, where $args stands'  => ['/written/ok?a=%0D%3F&b', '/_plain/written/ok?a=%0D%3F&b'],
    'arguments, where $request_uri stands' => ['/whole/ok?a=?b', '/_plain/whole/ok?a=?b'],
    'no arguments there'             => ['/whole/ok',         '/_plain/whole/ok'],
    'encoded arguments'              => ['/query/ok',         '/_plain/jwks?a=x%20%0Ay&b=1', 'X-Tenant: x%20%0Ay'],
    'a question mark in arguments'   => ['/query/ok',         '/_plain/jwks?a=x?y&b=1', 'X-Tenant: x?y'],
    'arguments that are written'     => ['/mixed/ok',         '/_plain/y?a=1', 'X-Tenant: y'],
    'what is written encoded'        => ['/literal/ok',       '/_plain/a%3Fb%20c/y', 'X-Tenant: y'],
);
for my $name (sort keys %passes) {
    my ($path, $asked, @headers) = @{ $passes{$name} };
    like outcome($path, @headers), qr/\A\d+ GET \Q$asked\E\z/, $name;
}

finish();
