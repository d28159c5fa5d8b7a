# Les mots que lit le visiteur. Un identifiant, une phrase ; `{ $x }` est rempli par le programme.
direction = ltr
list-next = { $start }, { $end }
list-last = { $start } et { $end }
date = { $day } { $month } { $year }
date-first = { $day }er { $month } { $year }
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre

lifetime-session = jusqu’à la fermeture du navigateur
lifetime-days = { $count ->
    [one] { $count } jour
   *[other] { $count } jours
  }
lifetime-months = { $count } mois
lifetime-years = { $count ->
    [one] { $count } an
   *[other] { $count } ans
  }
store-local = jusqu’à son effacement
store-session = jusqu’à la fermeture de l’onglet
store-indexed-db = jusqu’à son effacement (base de données)

## Finalités : titre, mots dans une phrase, description.
purpose-necessary = Strictement nécessaire
purpose-necessary-short = ce dont le site ne peut se passer
purpose-necessary-what = Ce sans quoi le site ne fonctionne pas : la sécurité, le panier, votre session, la mémoire de votre choix. Aucun consentement n’est requis.
purpose-measurement = Mesure d’audience
purpose-measurement-short = mesure d’audience
purpose-measurement-what = Compter les visites et voir comment les pages sont utilisées, afin de les améliorer.
purpose-personalisation = Personnalisation
purpose-personalisation-short = personnalisation
purpose-personalisation-what = Adapter ce qui vous est montré à ce que vous avez déjà lu ou fait.
purpose-advertising = Publicité ciblée
purpose-advertising-short = publicité ciblée
purpose-advertising-what = Choisir les publicités d’après un profil de vous, en limiter le nombre et en mesurer l’effet, sur ce site et ailleurs.
purpose-embedded-content = Vidéos, publications, cartes et autres contenus
purpose-embedded-content-short = contenus d’autres sites (vidéos, publications, cartes)
purpose-embedded-content-what = Afficher des contenus qui viennent d’autres sociétés. Elles apprennent que vous les voyez, depuis quelle adresse, et peuvent déposer des traceurs.

## La notice, à la place d’un contenu.
notice-why = Ce contenu de { $service } est bloqué car vous n’avez pas accepté les cookies et autres traceurs.
notice-why-video = Cette vidéo de { $service } est bloquée car vous n’avez pas accepté les cookies et autres traceurs.
notice-why-audio = Cet enregistrement de { $service } est bloqué car vous n’avez pas accepté les cookies et autres traceurs.
notice-why-map = Cette carte de { $service } est bloquée car vous n’avez pas accepté les cookies et autres traceurs.
notice-why-social = Cette publication de { $service } est bloquée car vous n’avez pas accepté les cookies et autres traceurs.
notice-accept = Accepter
notice-accept-what = Seulement { $service } : ses traceurs peuvent être déposés et son contenu s’affiche.
notice-more = Plus d’informations
notice-accept-all = Accepter tous les cookies
notice-accept-all-what = Sur les sites et applications de { $operator }, des données sont stockées et lues sur votre appareil pour : { $purposes }.
notice-never = L’éditeur de ce site ne le laisse pas entrer.
notice-withdraw = Vous pouvez retirer votre consentement à tout moment sur la { $link }.
withdraw-link = page de protection des données
manage = Gérer mes choix

## Le bandeau.
banner-title = Votre choix sur les cookies et autres traceurs
banner-why = Avec votre accord, { $operator } et ses partenaires stockent et lisent des données sur votre appareil, pour :
banner-withdraw = Refuser vous laisse tout le site, hormis leurs contenus. Votre choix vaut 6 mois ; vous pouvez le changer ou le retirer à tout moment sur la { $link }, qui nomme { $count ->
    [one] le service concerné.
   *[other] les { $count } services concernés.
  }
accept-all = Tout accepter
refuse-all = Tout refuser
control = Mes choix

## Pages.
skip = Aller au contenu
nav = Protection des données
back = Revenir au site
back-unchanged = Revenir sans rien changer
version = Version de cette politique :
preferences-title = Mes choix
preferences-short = Mes choix
preferences-intro = Vous décidez de ce que { $operator } et d’autres sociétés peuvent déposer sur votre appareil et charger dans les pages. Sans votre accord, elles n’obtiennent rien.
all-at-once = En une fois
by-purpose = Par finalité
always-on = Toujours actif
services-found = Services trouvés sur ce site
hosts-found = Trouvées sur ce site
services-rest = { $count ->
    [one] { $count } service qui n’a pas été trouvé sur ce site
   *[other] { $count } services qui n’ont pas été trouvés sur ce site
  }
services-rest-what = Ils sont bloqués comme les autres si une page les appelle. Vos choix par finalité valent aussi pour eux.
service-facts = Ce qu’il dépose, et qui le fournit
choice-grant = Autoriser
choice-refuse = Ne pas autoriser
choice-as-purpose = Selon ses finalités
choice-as-others = Comme les autres
others-title = Sociétés absentes de cette liste
others-what = Des tiers qu’une page peut appeler et que nous ne savons pas décrire. Ils n’entrent tous que si vous autorisez aussi tout le reste.
others-never = Les tiers que nous ne savons pas décrire n’entrent jamais sur ce site.
save = Enregistrer mes choix
withdraw = Retirer mon consentement
mark-always = Toujours actif
mark-allowed = Autorisé
mark-blocked = Bloqué
mark-accepted = Acceptée
mark-refused = Refusée
mark-undecided = Sans choix
state-undecided = Vous n’avez pas encore choisi. Tout ce qui demande votre consentement est bloqué.
state-nothing = Vous avez refusé tout ce qui demande votre consentement.
state-everything = Vous avez tout accepté.
state-something = Vous avez accepté une partie, indiquée ci-dessous.
state-decided = Choix fait le { $date } pour { $site }, valable jusqu’au { $until }. Vous pouvez en changer à tout moment.

policy-title = Protection des données : cookies et autres traceurs
policy-short = Protection des données
policy-intro = Ce que { $operator } et d’autres sociétés déposent sur votre appareil et chargent dans les pages de { $site }, à quelles fins et pour combien de temps, et ce que vous avez choisi.
policy-choice = Votre choix
policy-choice-what = Retirer est aussi simple qu’accepter : l’effet est immédiat, et les traceurs que l’on peut atteindre d’ici sont effacés.
policy-who = Qui est responsable
policy-privacy = Notre politique de confidentialité
policy-rights = Vous avez le droit de consulter vos données, de les faire rectifier ou effacer, de vous opposer à leur usage, et de saisir l’autorité de protection des données.
policy-own = Ce que ce choix dépose lui-même
policy-own-what = Un cookie, nommé octroi ou __Host-octroi, retient votre choix pendant { $life }, que vous acceptiez ou refusiez. Un refus ne contient rien qui vous distingue des autres. Il est strictement nécessaire.
policy-purposes = Finalités et services

fact-provider = Fournisseur
fact-purposes = Finalités
fact-stores = Ce qu’il dépose, pour combien de temps
fact-stores-nothing = Rien à notre connaissance. Votre adresse et la description de votre navigateur lui parviennent cependant.
fact-hosts = Chargé depuis
fact-transfers = Sort de l’Espace économique européen
fact-transfers-none = Pas à notre connaissance
fact-exempt = Pourquoi aucun consentement n’est requis
fact-policy = Sa propre politique
fact-policy-link = Politique de confidentialité de { $provider }
service-allowed = Ce service est autorisé.
service-blocked = Ce service est bloqué car vous n’avez pas accepté ses traceurs : rien n’est chargé depuis lui.
service-stop = Ne plus l’autoriser
service-other = Les autres services, et les choix par finalité :
host-what = Des pages de ce site appellent { $host }, que notre liste de services ne décrit pas. Si vous acceptez, votre navigateur le contacte : il apprend votre adresse et la page où vous êtes, et peut déposer des traceurs pour une durée que nous ne connaissons pas.
kind-video = Vidéo
kind-audio = Son
kind-social = Réseau social
kind-map = Carte
kind-measurement = Mesure d’audience
kind-tag-manager = Gestionnaire de balises
kind-advertising = Publicité
kind-font = Caractères
kind-captcha = Protection contre les robots
kind-chat = Conversation
kind-comments = Commentaires
kind-payment = Paiement
kind-ab-testing = Essai de variantes
kind-image = Images
kind-code-library = Bibliothèque de code
kind-form = Formulaire
kind-document = Document
kind-rating = Avis
kind-other = Tiers

## Messages.
message-saved = Votre choix est enregistré.
message-saved-what = Il s’applique dès maintenant.
message-not-saved = Votre choix n’a pas pu être enregistré.
message-not-saved-what = Rien n’a changé : ce qui était bloqué le reste. Veuillez réessayer dans un instant.
message-upstream-down = Le site ne répond pas.
message-upstream-down-what = Veuillez réessayer dans un instant. Vos choix ne sont pas touchés.
message-upstream-slow = Le site met trop de temps à répondre.
message-upstream-slow-what = Veuillez réessayer dans un instant. Vos choix ne sont pas touchés.
message-bad-request = Cette demande n’a pas été comprise.
message-bad-request-what = Revenez en arrière, rechargez la page et réessayez. Rien n’a changé.
message-foreign-request = Cette demande vient d’un autre site.
message-foreign-request-what = Un choix ne peut être fait que depuis les pages de ce site ; rien n’a donc changé.
message-unreadable = Cette page ne peut pas être affichée sans risque.
message-unreadable-what = Elle est écrite de telle sorte que nous ne pouvons pas y bloquer ce que vous n’avez pas accepté. Elle n’est donc pas affichée.
message-not-found = Cette page n’existe pas.
message-not-found-what = L’adresse est peut-être mal écrite, ou la page a été déplacée.
message-too-much = C’est plus que ce qui peut être traité en une fois.
message-too-much-what = Rien n’a changé. Veuillez réessayer avec moins de choix, ou dans un instant.

## Pays que nomme le catalogue.
country-AE = Émirats arabes unis
country-AR = Argentine
country-AT = Autriche
country-AU = Australie
country-BE = Belgique
country-BG = Bulgarie
country-BR = Brésil
country-BY = Biélorussie
country-CA = Canada
country-CH = Suisse
country-CL = Chili
country-CN = Chine
country-CO = Colombie
country-CY = Chypre
country-CZ = Tchéquie
country-DE = Allemagne
country-DK = Danemark
country-EE = Estonie
country-ES = Espagne
country-EU = Union européenne
country-FI = Finlande
country-FR = France
country-GB = Royaume-Uni
country-GR = Grèce
country-HK = Hong Kong
country-HR = Croatie
country-HU = Hongrie
country-ID = Indonésie
country-IE = Irlande
country-IL = Israël
country-IN = Inde
country-IS = Islande
country-IT = Italie
country-JP = Japon
country-KR = Corée du Sud
country-KY = Îles Caïmans
country-LI = Liechtenstein
country-LT = Lituanie
country-LU = Luxembourg
country-LV = Lettonie
country-MA = Maroc
country-MC = Monaco
country-MT = Malte
country-MX = Mexique
country-MY = Malaisie
country-NL = Pays-Bas
country-NO = Norvège
country-NZ = Nouvelle-Zélande
country-PH = Philippines
country-PL = Pologne
country-PT = Portugal
country-RO = Roumanie
country-RS = Serbie
country-RU = Russie
country-SE = Suède
country-SG = Singapour
country-SI = Slovénie
country-SK = Slovaquie
country-TH = Thaïlande
country-TN = Tunisie
country-TR = Turquie
country-TW = Taïwan
country-UA = Ukraine
country-US = États-Unis
country-VN = Viêt Nam
country-ZA = Afrique du Sud
