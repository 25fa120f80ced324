# Keys are believed. So they come from the location that was written for them, and from nowhere else: else whoever answers
# there could let in tokens of its own.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as      = run_origin();
my $backend = run_origin();    # has keys of its own
my ($as_port, $backend_port) = ($as->port, $backend->port);
$backend->answer('/', body => jwks('p256_other'));
$as->answer('/jwks', body => jwks('p256'));
$as->answer('/fails', status => 502, body => jwks('p256_other'));
$as->answer('/accel', headers => [['X-Accel-Redirect', '/open']], body => jwks('p256_other'));
$as->answer('/accel-named', headers => [['X-Accel-Redirect', '@backup']], body => jwks('p256_other'));

my $keys     = 'error_page 418 /none; auth_jwt "site"; auth_jwt_key_request';
my $to_other = "proxy_pass http://127.0.0.1:$backend_port";
my $nginx = run_nginx(<<"CONF");
    server {
        listen 127.0.0.1:%%PORT%%;
        error_page 500 502 503 504 404 = \@backup;
        location /good       { $keys /_as/jwks; %%OK%% }
        location /down       { $keys /_down; %%OK%% }
        location /own-page   { $keys /_own_page; %%OK%% }
        location /recursive  { $keys /_recursive; %%OK%% }
        location /intercepts { $keys /_intercepts/fails; %%OK%% }
        location /fails      { $keys /_as/fails; %%OK%% }
        location /accel      { $keys /_as/accel; %%OK%% }
        location /named      { $keys /_as/accel-named; %%OK%% }
        location /tries      { $keys /_tries; %%OK%% }
        location /rewrites   { $keys /_rewrites; %%OK%% }
        location /indexes    { $keys /_indexes/; %%OK%% }
        location /tenant     { $keys /_as/\$http_x_tenant; %%OK%% }
        location /anywhere   { $keys \$http_x_uri; %%OK%% }
        location /breaks     { $keys /_breaks; %%OK%% }
        location /escaped    { $keys /%5fas/jwks?a=b; %%OK%% }
        location /nested     { $keys /_nest/in/jwks; %%OK%% }

        location /_as/           { internal; proxy_pass http://127.0.0.1:$as_port/; }
        location = /_down        { internal; proxy_pass http://127.0.0.1:%%PORT_NOBODY%%; }
        location = /_own_page    { internal; error_page 502 504 = /_as/jwks; proxy_pass http://127.0.0.1:%%PORT_NOBODY%%; }
        location = /_recursive   { internal; recursive_error_pages on; error_page 502 = \@backup; proxy_pass http://127.0.0.1:%%PORT_NOBODY%%; }
        location /_intercepts/   { internal; proxy_intercept_errors on; proxy_pass http://127.0.0.1:$as_port/; }
        location = /_tries       { internal; try_files /none /_as/jwks; }
        location = /_rewrites    { internal; rewrite ^ /open last; }
        location /_indexes/      { internal; alias %%TESTDIR%%/html/; index keys.json; }
        location = /_breaks      { internal; if (\$uri) { set \$a b; } rewrite ^ /jwks break; proxy_pass http://127.0.0.1:$as_port; }
        location /_nest/         { internal; $to_other; location /_nest/in/ { internal; proxy_pass http://127.0.0.1:$as_port/; } }
        location ~* \\.json\$    { $to_other; }
        location = /open         { $to_other; }
        location /               { $to_other; }
        location \@backup        { $to_other; }
    }
    server {
        listen 127.0.0.1:%%PORT_RETURNS%%;
        if (\$uri = /_as) { return 200 '@{[jwks('p256_other')]}'; }
        location /      { $keys /_as; %%OK%% }
        location = /_as { internal; proxy_pass http://127.0.0.1:$as_port/jwks; }
    }
CONF
$nginx->write_file('html/keys.json', jwks('p256_other'));
my $good = mint('p256');
my $forged = mint('p256_other');
$nginx->passes_after('/good', token => $good);

sub strays ($name, $path, $reason, %request) {
    $nginx->refuses("$name: a forged token", path => $path, token => $forged, status => 503, reason => qr/keys_unavailable.*$reason/, %request);
    my $response = $nginx->get($path, token => $good, %request);
    is $response->status, 503, "$name: a good one cannot be told from it";
    like $response->header('Retry-After'), qr/\A\d+\z/, "$name: come back later";
    is join(', ', map { $_->{uri} } $backend->requests), '', "$name: nobody else was asked";
    return;
}

my $sent_on = qr/sent it on \(by try_files, rewrite, index, or an X-Accel-Redirect/;
strays('error_page of the server', '/down', qr/status 502/);
strays('error_page of the location', '/own-page', qr/status 502/);
strays('recursive_error_pages', '/recursive', qr/status 502/);
strays('proxy_intercept_errors', '/intercepts', qr/status 502/);
strays('error_page of the server, 502 with keys', '/fails', qr/status 502/);
strays('X-Accel-Redirect', '/accel', qr/location "\/_as\/" $sent_on/);
strays('X-Accel-Redirect to a named location', '/named', qr/location "\/_as\/" $sent_on/);
strays('try_files', '/tries', qr/location = "\/_tries" $sent_on/);
strays('rewrite ... last', '/rewrites', qr/location = "\/_rewrites" $sent_on/);
strays('index', '/indexes', qr/location "\/_indexes\/" $sent_on/);
strays('a pattern of another location', '/tenant', qr/location ~ "\\\.json\$" would answer "\/_as\/\$http_x_tenant"/, headers => ['X-Tenant: x.json']);
strays('a whole URI of a client', '/anywhere', qr/location = "\/open" would answer "\$http_x_uri", but is open to clients/, headers => ['X-Uri: /open']);
strays('return of the server', '/ok', qr/answered with status 200 before it came to a location/, port => 'PORT_RETURNS');

for (['/good'], ['/tenant', 'X-Tenant: jwks'], ['/anywhere', 'X-Uri: /_as/jwks'], ['/breaks'], ['/escaped'], ['/nested']) {
    my ($path, @headers) = @$_;
    is $nginx->get($path, token => $good, headers => \@headers)->status, 200, "$path: the location that was written answers";
    is $nginx->get($path, token => $forged, headers => \@headers)->status, 401, "$path: and its keys count";
}

finish();
